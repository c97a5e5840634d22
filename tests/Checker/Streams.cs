using Checker.Clients;
using Checker.Provider;

namespace Checker;

/// <summary>The back end: keeps so many streams running, POSTed to whichever node is up.</summary>
internal sealed class Streams(CheckOptions options, Func<int?> findNode, Random random) : IDisposable
{
    /// <summary>What is asked of every model; in no node's words.</summary>
    public const string Prompt = "tell the crowd, and nobody else";

    private const int MinSeconds = 2;
    private const int MaxSeconds = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(15) };
    private int _started;
    private int _refused;

    public int Started => _started;

    /// <summary>POSTs that found no node, or one that was killed before it answered.</summary>
    public int Refused => _refused;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var lanes = Enumerable.Range(0, options.Streams).Select(lane => KeepBusyAsync(lane, new Random(random.Next()), cancellationToken)).ToList();
        await Task.WhenAll(lanes);
    }

    public void Dispose() => _http.Dispose();

    private async Task KeepBusyAsync(int lane, Random dice, CancellationToken cancellationToken)
    {
        for (var number = lane; !cancellationToken.IsCancellationRequested; number += options.Streams)
        {
            var text = new SeededText(number, options.Rate * dice.Next(MinSeconds, MaxSeconds + 1));
            if (await TryStartAsync(text, ChannelsOf(number, dice)))
            {
                Interlocked.Increment(ref _started);
                await Task.Delay(TimeSpan.FromSeconds((double)text.Tokens / options.Rate), TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                Interlocked.Increment(ref _refused);
                await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private IEnumerable<string> ChannelsOf(int number, Random dice)
    {
        var first = dice.Next(options.Channels);
        yield return Check.ChannelName(first);
        if (number % 4 == 3)
        {
            yield return Check.ChannelName((first + 1) % options.Channels);
        }
    }

    /// <summary>Not cancelled: a stream that was begun is one that must come whole.</summary>
    private async Task<bool> TryStartAsync(SeededText text, IEnumerable<string> channels)
    {
        if (findNode() is not { } port)
        {
            return false;
        }

        var payload = new { provider = "openai", stream = true, model = SeededProvider.Model(text, options.Rate), messages = new[] { new { role = "user", content = Prompt } } };
        var request = new { apiKey = "BFAPI_demo", channels, actionName = StreamView.ActionName(text), payload };
        try
        {
            using var answer = await _http.PostAsJsonAsync(new Uri($"http://127.0.0.1:{port}/stream/create"), request);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
