using System.Text.Json;

namespace LoadTest.Client;

/// <summary>
/// A process of its own that receives the streams, led over its standard input, one answer line a command:
/// connect, start, window, stop, failures, finish.
/// </summary>
internal sealed class ClientRole(ClientOptions options)
{
    private const int ConnectsAtOnce = 64;
    private const int MaxFailures = 5;
    private static readonly TimeSpan BetweenStops = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    private readonly ClientTally _tally = new();
    private readonly List<LoadStream> _streams = [];

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var role = new ClientRole(ClientOptions.Parse(arguments));

        // Reading the console blocks, and a command may have ended on the thread that polls the sockets.
        while (await Task.Run(Console.In.ReadLine, cancellationToken) is { } command)
        {
            Console.WriteLine(await role.ObeyAsync(command, cancellationToken));
        }

        return 0;
    }

    private async Task<string> ObeyAsync(string command, CancellationToken cancellationToken) => command switch
    {
        "connect" => await ConnectAsync(cancellationToken),
        "start" => await StartAsync(cancellationToken),
        "window" => JsonSerializer.Serialize(_tally.Turn()),
        "stop" => await StopAsync(cancellationToken),
        "failures" => JsonSerializer.Serialize(Failures()),
        "finish" => await FinishAsync(cancellationToken),
        _ => throw new ArgumentException($"Unknown command {command}", nameof(command)),
    };

    private async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        _streams.AddRange(Enumerable.Range(options.First, options.Streams).Select(Create));
        foreach (var some in _streams.Chunk(ConnectsAtOnce))
        {
            await Task.WhenAll(some.Select(stream => stream.ConnectAsync(cancellationToken)));
        }

        return "connected";
    }

    // One POST at a time: an acknowledgment then measures the path, not a queue of our own making.
    private async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        using var control = new ControlConnection(options.ControlPort);
        foreach (var stream in _streams.Where(stream => stream.Subject == stream.Number))
        {
            await stream.StartAsync(control, cancellationToken);
        }

        return "started";
    }

    private async Task<string> StopAsync(CancellationToken cancellationToken)
    {
        using var control = new ControlConnection(options.ControlPort);
        foreach (var stream in _streams)
        {
            await stream.StopAsync(control, cancellationToken);
            await Task.Delay(BetweenStops, TimeProvider.System, cancellationToken);
        }

        return "stopped";
    }

    private async Task<string> FinishAsync(CancellationToken cancellationToken)
    {
        var ended = Task.WhenAll(_streams.Select(stream => stream.Ended));
        await Task.WhenAny(ended, Task.Delay(DrainTime, TimeProvider.System, cancellationToken));
        var report = Report();
        foreach (var stream in _streams)
        {
            await stream.DisposeAsync();
        }

        _streams.Clear();
        return JsonSerializer.Serialize(report);
    }

    private LoadStream Create(int number) => options.Kind switch
    {
        ClientKind.Channel => new ChannelStream(number, options, _tally),
        ClientKind.Assistant => new AssistantStream(number, options, _tally),
        ClientKind.Session => new SessionStream(number, options, _tally),
        ClientKind.Hub => new HubStream(number, options, _tally),
        _ => new SseStream(number, options, _tally),
    };

    private string[] Failures() => [.. _streams.Where(stream => stream.Failure is not null).Select(stream => stream.Failure!).Take(MaxFailures)];

    private ClientReport Report() => new()
    {
        Delivered = _streams.Sum(stream => stream.Check.Delivered),
        Lost = _streams.Sum(stream => stream.Check.Lost),
        Repeated = _streams.Sum(stream => stream.Check.Repeated),
        OutOfOrder = _streams.Sum(stream => stream.Check.OutOfOrder),
        Misdelivered = _streams.Sum(stream => stream.Check.Misdelivered),
        OffsetFaults = _streams.Sum(stream => stream.OffsetFaults),
        Unfinished = _streams.Count(stream => !stream.EndedWell),
        Failures = Failures(),
        Acknowledged = _streams.ToDictionary(stream => stream.Number, stream => stream.AcknowledgedAt),
        Stopped = _streams.Where(stream => stream.StoppedAt > 0).ToDictionary(stream => stream.Number, stream => stream.StoppedAt),
    };
}
