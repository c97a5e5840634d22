using Checker.Clients;

namespace Checker;

/// <summary>All clients, some of which close their tab and make room for others.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int SlowBytesPerSecond = 1024;

    private readonly CheckOptions _options;
    private readonly Func<int?> _findNode;
    private readonly Tally _tally;
    private readonly ChannelOrder[] _orders;
    private readonly List<CheckClient> _clients = [];

    public Crowd(CheckOptions options, Func<int?> findNode, Tally tally, Random dice)
    {
        (_options, _findNode, _tally) = (options, findNode, tally);
        _orders = [.. Enumerable.Range(0, options.Channels).Select(_ => new ChannelOrder())];
        for (var number = 0; number < options.Clients; number++)
        {
            _clients.Add(Create(number < options.Slow ? SlowBytesPerSecond : null, dice));
        }
    }

    public IReadOnlyList<CheckClient> Clients => _clients;

    public CheckClient Any(Random dice) => _clients[dice.Next(_clients.Count)];

    /// <summary>One closes its tab for good, another opens one.</summary>
    public async Task ReplaceAsync(Random dice)
    {
        var index = dice.Next(_options.Slow, _clients.Count);
        var old = _clients[index];
        _clients[index] = Create(null, dice);
        await old.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }

    private CheckClient Create(int? bytesPerSecond, Random dice)
    {
        var channels = Enumerable.Range(0, _options.Channels).ToArray();
        dice.Shuffle(channels);
        var views = channels.Take(_options.Joins).Select(index => new ChannelView(Check.ChannelName(index), _orders[index], _tally));
        var client = new CheckClient([.. views], _findNode, bytesPerSecond, _tally);
        client.Start();
        return client;
    }
}
