using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using BfProxy.Backplane;

namespace BfProxy.Tools;

/// <summary>
/// Tool calls that wait for an answer from a page. The first answer counts, on whatever node it arrives: the node that waits
/// is written down under the call's id, which is 128 random bits and the permission to answer, within the app.
/// </summary>
internal sealed class PendingCalls : IDisposable
{
    private const int IdBytes = 16;
    private const int IdLength = IdBytes * 2;
    private const string Kind = "tools.answer";
    private const string KeyPrefix = "tools:call:";
    private const char Separator = '\n';

    /// <summary>How long a call that is over is still known as one that was answered.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, PendingCall> _waiting = new(StringComparer.Ordinal);
    private readonly IStateStore _store;
    private readonly INodeBus _bus;
    private readonly TimeProvider _time;

    public PendingCalls(IStateStore store, INodeBus bus, TimeProvider time)
    {
        (_store, _bus, _time) = (store, bus, time);
        bus.Handle(Kind, AnsweredElsewhere);
    }

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    /// <summary>Makes a call known, so that it can be answered. Before it is shown to anybody. Bounded in time by the store, and not to be cancelled: every call that is known is waited for.</summary>
    public async ValueTask<PendingCall> AddAsync(string app, TimeSpan patience)
    {
        var call = new PendingCall(NewId(), app);
        _waiting[call.Id] = call;
        try
        {
            await _store.SetAsync(KeyPrefix + call.Id, Encoding.UTF8.GetBytes($"{_bus.NodeId}{Separator}{app}"), patience + Remembered, CancellationToken.None);
        }
        catch (StateUnavailableException)
        {
            // Alone: the pages that hear of it are on this node, and so is their answer.
        }

        return call;
    }

    /// <summary>Waits for the first answer; null when nobody answered in time. Later answers are told so.</summary>
    public async Task<byte[]?> WaitAsync(PendingCall call, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return await call.Answer.WaitAsync(patience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return call.GiveUp();
        }
        finally
        {
            _waiting.TryRemove(call.Id, out _);
        }
    }

    /// <summary>Answers a call that waits on any node.</summary>
    /// <param name="app">The app of whoever answers.</param>
    /// <param name="id">The call's id.</param>
    /// <param name="answer">What the model is told, as JSON.</param>
    /// <param name="cancellationToken">Ends the wait for another node.</param>
    public async ValueTask<AnswerStatus> AnswerAsync(string app, string id, byte[] answer, CancellationToken cancellationToken)
    {
        if (id.Length != IdLength)
        {
            return AnswerStatus.NotFound;
        }

        if (_waiting.TryGetValue(id, out var call))
        {
            return call.TryAnswer(app, answer);
        }

        if (await _store.GetAsync(KeyPrefix + id, cancellationToken) is not { } owner || Encoding.UTF8.GetString(owner).Split(Separator, 2) is not [var node, var ownerApp] || ownerApp != app)
        {
            return AnswerStatus.NotFound;
        }

        if (node == _bus.NodeId)
        {
            return AnswerStatus.AlreadyAnswered;
        }

        // A node that does not answer is gone, or cut off for a while: the answer may be given again.
        var reply = await _bus.AskAsync(node, Kind, (byte[])[.. Encoding.UTF8.GetBytes($"{id}{Separator}{app}{Separator}"), .. answer], cancellationToken);
        return reply is [var status] ? (AnswerStatus)status : throw new StateUnavailableException();
    }

    public void Dispose() => _waiting.Clear();

    private ValueTask<byte[]?> AnsweredElsewhere(ReadOnlyMemory<byte> message)
    {
        var first = message.Span.IndexOf((byte)Separator);
        var second = first + 1 + message.Span[(first + 1)..].IndexOf((byte)Separator);
        var id = Encoding.UTF8.GetString(message.Span[..first]);
        var app = Encoding.UTF8.GetString(message.Span[(first + 1)..second]);
        return new(_waiting.TryGetValue(id, out var call) ? [(byte)call.TryAnswer(app, message[(second + 1)..].ToArray())] : [(byte)AnswerStatus.AlreadyAnswered]);
    }
}
