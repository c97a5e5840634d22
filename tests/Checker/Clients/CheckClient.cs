using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace Checker.Clients;

/// <summary>
/// A browser tab: on some channels, through thick and thin. Connects wherever a node is up, resumes, joins again after the last
/// frame it handed over, and hands every frame to its views, which is the application callback where all is checked.
/// </summary>
internal sealed class CheckClient(IReadOnlyList<ChannelView> channels, Func<int?> findNode, int? bytesPerSecond, Tally tally) : IAsyncDisposable
{
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _closing = new();
    private ClientLink? _link;
    private string? _resumeToken;
    private volatile bool _hurries;
    private Task _running = Task.CompletedTask;

    public IReadOnlyList<ChannelView> Channels => channels;

    public bool IsSlow => bytesPerSecond is not null;

    public void Start() => _running = Task.Run(RunAsync, CancellationToken.None);

    /// <summary>Somewhere on the way a router forgot the connection.</summary>
    public void Reset() => Volatile.Read(ref _link)?.Reset();

    /// <summary>A slow reader comes out of its tunnel.</summary>
    public void Hurry()
    {
        _hurries = true;
        Volatile.Read(ref _link)?.Hurry();
    }

    /// <summary>Closes the tab for good.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _running;
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                if (findNode() is { } port)
                {
                    using var link = await ClientLink.OpenAsync(port, _hurries ? null : bytesPerSecond, _closing.Token);
                    Volatile.Write(ref _link, link);
                    if (_hurries)
                    {
                        // Said while the connection was being made.
                        link.Hurry();
                    }

                    tally.Connected();
                    await UseAsync(link);
                    tally.Closed(link.CloseCode ?? 0);
                }
            }
            catch (Exception exception) when (exception is WebSocketException or HttpRequestException or IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The connection broke; the next one makes up for it.
            }

            Volatile.Write(ref _link, null);
            await Task.Delay(Backoff * (0.5 + Random.Shared.NextDouble()), TimeProvider.System, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task UseAsync(ClientLink link)
    {
        foreach (var channel in channels)
        {
            channel.IsPending = true;
        }

        while (await link.ReceiveAsync(_closing.Token) is { } message)
        {
            using var document = JsonDocument.Parse(message);
            await TakeAsync(link, document.RootElement);
        }
    }

    private async Task TakeAsync(ClientLink link, JsonElement message)
    {
        if (message.TryGetProperty("connectionId", out _) && !message.TryGetProperty("id", out _))
        {
            await GreetedAsync(link, message);
        }
        else if (message.TryGetProperty("ping", out var ping))
        {
            await link.SendAsync($$"""{"pong":{{ping}}}""", _closing.Token);
        }
        else if (message.TryGetProperty("id", out var id))
        {
            await AnsweredAsync(link, id.GetInt32(), message);
        }
        else if (message.TryGetProperty("channel", out var name) && channels.FirstOrDefault(channel => name.ValueEquals(channel.Name)) is { IsPending: false } channel)
        {
            channel.Take(message);
        }
    }

    /// <summary>Id 0 resumes, the others join the channel with their number.</summary>
    private async Task GreetedAsync(ClientLink link, JsonElement greeting)
    {
        var old = _resumeToken;
        _resumeToken = greeting.TryGetProperty("resumeToken", out var token) ? token.GetString() : null;
        if (old is null)
        {
            await JoinAsync(link);
        }
        else
        {
            await link.SendAsync($$$"""{"id":0,"action":"resume","options":{"resumeToken":"{{{old}}}"}}""", _closing.Token);
        }
    }

    private async Task AnsweredAsync(ClientLink link, int id, JsonElement reply)
    {
        if (id == 0)
        {
            // A token that was moved goes on being ours; one that nobody knows any more was replaced by the greeting's.
            _resumeToken = reply.TryGetProperty("resumeToken", out var token) ? token.GetString() : _resumeToken;
            await JoinAsync(link);
        }
        else if (reply.TryGetProperty("ok", out _))
        {
            channels[id - 1].Joined(reply);
        }
        else
        {
            tally.Fault($"{channels[id - 1].Name}: the join was answered {reply}");
        }
    }

    private async Task JoinAsync(ClientLink link)
    {
        for (var index = 0; index < channels.Count; index++)
        {
            var channel = channels[index];
            await link.SendAsync($$$"""{"id":{{{index + 1}}},"action":"channelJoinAnon","options":{"channel":"{{{channel.Name}}}"{{{channel.Since}}}}}""", _closing.Token);
        }
    }
}
