using BfProxy.Forwarding;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary>
/// A thread that the provider keeps. It keeps an answer only once that is complete: what a stopped or broken run said is added by us, and a call that has no
/// result, which would refuse every further turn, is given one.
/// </summary>
internal sealed class ProviderThread(ProviderThreads threads, ChatRequest request, string id, TimeProvider time, ILogger logger) : IThread
{
    private const string Locked = "conversation_locked";
    private const string NoOutput = "No tool output found for function call";
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(15);

    private ProviderCall? _call;
    private byte[] _input = [];
    private long _firstLock;
    private bool _isRepaired;

    public string Id => id;

    public ChatRequest Request => request;

    public static bool IsLocked(BfError error) => error.ProviderCode == Locked;

    public void Asked(ProviderCall call)
    {
        // Kept because the body is let go of once the answer begins.
        (_call, _input, _firstLock) = (call, ConversationItems.InputOf(call.Body), 0);
    }

    public async ValueTask<bool> AgainAsync(BfError refusal, int tries, CancellationToken cancellationToken)
    {
        if (IsLocked(refusal))
        {
            return await OutwaitAsync(tries, cancellationToken);
        }

        if (_isRepaired || refusal.ProviderMessage?.Contains(NoOutput, StringComparison.Ordinal) != true)
        {
            return false;
        }

        _isRepaired = true;
        return await RepairAsync(cancellationToken);
    }

    public async Task CloseAsync(ToolLoop loop, RunOutput output, bool wasAccepted)
    {
        if (!wasAccepted || output.Status == RunStatus.Completed || _call is null)
        {
            return;
        }

        var items = loop.Unanswered is { } open
            ? [.. open.Calls.Select(static call => ConversationItems.Result(call.Id, RunStatus.Cancelled))]
            : ConversationItems.Of(_input, output.Text);
        using var clock = new CancellationTokenSource(ClosePatience, time);
        if (await AddAsync(items, clock.Token) is { } error)
        {
            AssistantsLog.NotKept(logger, _call.Provider.Name, error.Status);
        }
    }

    /// <summary>Whoever holds the conversation, often our own answer that was just stopped, lets go of it within seconds.</summary>
    private async ValueTask<bool> OutwaitAsync(int tries, CancellationToken cancellationToken)
    {
        _firstLock = _firstLock == 0 ? time.GetTimestamp() : _firstLock;
        if (time.GetElapsedTime(_firstLock) > LockPatience)
        {
            return false;
        }

        var pause = TimeSpan.FromMilliseconds(50 * Math.Pow(2, Math.Min(tries, 6)));
        await Task.Delay(pause < LongestPause ? pause : LongestPause, time, cancellationToken);
        return true;
    }

    /// <summary>Answers the calls that nobody answered, in whatever run they were made.</summary>
    private async ValueTask<bool> RepairAsync(CancellationToken cancellationToken)
    {
        var reply = await threads.SendAsync(_call!, "GET", $"/{id}/items", "?order=desc&limit=100", [], cancellationToken);
        if (reply.Error is not null || !reply.TryRead(ConversationItems.OpenCalls, out var open))
        {
            return false;
        }

        if (open.Count == 0 || await AddAsync([.. open.Select(static call => ConversationItems.Result(call, RunStatus.Cancelled))], cancellationToken) is not null)
        {
            return false;
        }

        AssistantsLog.Repaired(logger, _call!.Provider.Name, open.Count);
        return true;
    }

    private async Task<BfError?> AddAsync(IReadOnlyList<byte[]> items, CancellationToken cancellationToken)
    {
        _firstLock = 0;
        foreach (var chunk in items.Chunk(ConversationItems.MaxAtOnce))
        {
            var body = ConversationItems.Body(chunk);
            var tries = 0;
            ProviderReply reply;
            do
            {
                reply = await threads.SendAsync(_call!, "POST", $"/{id}/items", "", body, cancellationToken);
                tries++;
            }
            while (reply.Error is { } error && IsLocked(error) && await OutwaitAsync(tries, cancellationToken));

            if (reply.Error is not null)
            {
                return reply.Error;
            }
        }

        return null;
    }
}
