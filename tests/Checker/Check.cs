using System.Globalization;
using System.Text.Json;
using Checker.Clients;
using Checker.Nodes;
using Checker.Provider;
using LoadTest.Running;

namespace Checker;

/// <summary>Streams to a crowd while things break, then asks of every frame: once, in order, byte for byte?</summary>
internal sealed class Check(CheckOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private const int MaxExamples = 40;
    private const int ChannelsPerLink = 50;

    private readonly Tally _tally = new();
    private readonly Random _dice = new(options.Seed);
    private readonly List<Node> _nodes = [];

    public static string ChannelName(int index) => string.Create(CultureInfo.InvariantCulture, $"check.{index}");

    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var providerPort = Loopback.FreePort();
        await using var provider = await SeededProvider.StartAsync(Loopback.AddressOf(providerPort), cancellationToken);
        await using var redis = options.HasRedis ? await RedisProcess.StartAsync(cancellationToken) : null;
        try
        {
            for (var number = 0; number < options.Nodes; number++)
            {
                _nodes.Add(new Node(providerPort, redis?.Port));
                await _nodes[^1].StartAsync(cancellationToken);
            }

            return await RunAsync(redis, cancellationToken);
        }
        finally
        {
            foreach (var node in _nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    private async Task<bool> RunAsync(RedisProcess? redis, CancellationToken cancellationToken)
    {
        await using var crowd = new Crowd(options, FindNode, _tally, _dice);
        using var streams = new Streams(options, FindNode, new Random(_dice.Next()));
        var chaos = new Chaos(options, _nodes, redis, crowd, new Random(_dice.Next()));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var streaming = streams.RunAsync(over.Token);
        var rolling = new RollingRestart(options, _nodes);
        await (options.Rolling ? rolling.RunAsync(cancellationToken) : chaos.RunAsync(cancellationToken));
        await over.CancelAsync();
        await streaming;
        foreach (var client in crowd.Clients)
        {
            client.Hurry();
        }

        var behind = await SettleAsync(crowd, cancellationToken);
        return Report(streams, options.Rolling ? rolling.ToString() : chaos.ToString(), behind);
    }

    /// <summary>Waits until every client has what there is; what is missing then is lost.</summary>
    /// <returns>Channels of clients that did not get there, and streams that did not end.</returns>
    private async Task<IReadOnlyList<string>> SettleAsync(Crowd crowd, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        IReadOnlyList<string> behind;
        do
        {
            await Task.Delay(Look, TimeProvider.System, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var positions = await PositionsAsync(cancellationToken);
            behind = [.. crowd.Clients.SelectMany(client => client.Channels).SelectMany(channel => channel.Unfinished(positions[channel.Name].Epoch, positions[channel.Name].Offset))];
        }
        while (behind.Count > 0 && !patience.IsCancellationRequested);

        return behind;
    }

    /// <summary>Where each channel stands, as one who joins now is told; a connection takes only so many channels.</summary>
    private async Task<Dictionary<string, (string Epoch, long Offset)>> PositionsAsync(CancellationToken cancellationToken)
    {
        var positions = new Dictionary<string, (string, long)>(StringComparer.Ordinal);
        foreach (var some in Enumerable.Range(0, options.Channels).Chunk(ChannelsPerLink))
        {
            await AskAsync(some, positions, cancellationToken);
        }

        return positions;
    }

    private async Task AskAsync(int[] channels, Dictionary<string, (string Epoch, long Offset)> positions, CancellationToken cancellationToken)
    {
        using var link = await ClientLink.OpenAsync(_nodes[0].Port, null, cancellationToken);
        foreach (var index in channels)
        {
            await link.SendAsync($$$"""{"id":{{{index}}},"action":"channelJoinAnon","options":{"channel":"{{{ChannelName(index)}}}"}}""", cancellationToken);
        }

        var answers = 0;
        while (answers < channels.Length && await link.ReceiveAsync(cancellationToken) is { } message)
        {
            using var document = JsonDocument.Parse(message);
            var reply = document.RootElement;
            if (reply.TryGetProperty("error", out var refused))
            {
                throw new InvalidOperationException($"Where a channel stands was not answered: {refused}");
            }

            if (reply.TryGetProperty("ok", out _))
            {
                positions[reply.GetProperty("channel").GetString()!] = (reply.GetProperty("epoch").GetString()!, reply.GetProperty("offset").GetInt64());
                answers++;
            }
        }
    }

    private int? FindNode()
    {
        var up = _nodes.Where(node => node.IsUp).ToList();
        return up.Count == 0 ? null : up[Random.Shared.Next(up.Count)].Port;
    }

    private bool Report(Streams streams, string happened, IReadOnlyList<string> behind)
    {
        Console.WriteLine($"{options.Nodes} nodes{(options.HasRedis ? " over Redis" : "")}, {options.Clients} clients ({options.Slow} at 1 KB/s), {options.Channels} channels, {options.Streams} streams at once, {options.Seconds} s");
        Console.WriteLine(happened);
        Console.WriteLine($"streams: {streams.Started} started, {streams.Refused} POSTs refused; connections: {_tally.ConnectionCount}; closed by the server: {_tally.Closes()}");
        Console.WriteLine($"deliveries: {_tally.DeliveredCount:N0}; gaps told: {_tally.GapCount}; ends by error: {_tally.BrokenCount}");
        Console.WriteLine($"lost: {_tally.LostCount}, repeated: {_tally.RepeatedCount}, out of order: {_tally.DisorderedCount}, wrong: {_tally.FaultCount}, unfinished: {behind.Count}");
        var disclosed = _nodes.Sum(static node => node.Disclosures);
        Console.WriteLine($"lines of the nodes: {_nodes.Sum(static node => node.Lines.Count)}; with a key or a prompt: {disclosed}");
        if (disclosed == 0)
        {
            _nodes.SelectMany(static node => node.Lines).Take(MaxExamples).ToList().ForEach(static line => Console.WriteLine("  | " + line));
        }

        foreach (var example in _tally.Examples().Concat(behind.Distinct(StringComparer.Ordinal).Take(MaxExamples)))
        {
            Console.WriteLine("  " + example);
        }

        return _tally.IsClean && disclosed == 0 && behind.Count == 0 && (!options.Rolling || _tally.BrokenCount + _tally.GapCount == 0) && _tally.DeliveredCount >= options.Deliveries;
    }
}
