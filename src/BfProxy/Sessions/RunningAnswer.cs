using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Forwarding;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Sessions;

/// <summary>
/// An answer while it comes: keeps its text from the first token, for whoever reads it now or comes later, and ends the stream when
/// the last of them has left. It never fails: where the provider does, it closes with the bot's fallback text.
/// </summary>
/// <param name="fallback">What visitors read where no answer could be had.</param>
internal sealed class RunningAnswer(string fallback) : IStreamOutput
{
    private const int InitialBytes = 1024;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _text = new byte[InitialBytes];
    private int _length;
    private AnswerReader[] _readers = [];
    private RunningStream? _stream;
    private ResponseReader? _answer;
    private AnswerEnd? _end;
    private bool _isLeft;
    private Task? _keeping;
    private Action? _unfollow;

    public bool HasContent { get; private set; }

    public bool IsOver => Volatile.Read(ref _end) is not null;

    public BfError? Failure { get; private set; }

    /// <summary>Never: the last reader ends the stream by name.</summary>
    public CancellationToken Abandoned => CancellationToken.None;

    /// <summary>Whether the provider ended in order without a word.</summary>
    public bool WasEmpty { get; private set; }

    /// <summary>All of the text, once it is over.</summary>
    public string Text => EscapedText.Decode(_text.AsSpan(0, _length));

    /// <summary>Whether another node has it, and tells us.</summary>
    public bool IsRelayed => Volatile.Read(ref _unfollow) is not null;

    /// <summary>Adds a reader; false where the last one has left, and with it the answer.</summary>
    public bool TryJoin(AnswerReader reader)
    {
        lock (_gate)
        {
            if (_isLeft)
            {
                return false;
            }

            _readers = [.. _readers, reader];
            return true;
        }
    }

    /// <summary>Removes a reader. True for the last one, after which none may come and the answer is to be abandoned.</summary>
    public bool Leave(AnswerReader reader)
    {
        lock (_gate)
        {
            _readers = [.. _readers.Where(other => other != reader)];
            _isLeft |= _readers.Length == 0;
            return _isLeft;
        }
    }

    /// <summary>Ends the stream, where its answer is not whole: nobody reads it. Of a whole one only the provider's last bytes are to come, and then its connection serves others.</summary>
    public void Abandon()
    {
        RunningStream? stream;
        lock (_gate)
        {
            stream = IsOver ? null : _stream;
        }

        stream?.End(EndCause.CallerGone);
        Volatile.Read(ref _unfollow)?.Invoke();
    }

    /// <summary>Another node may have it.</summary>
    /// <param name="unfollow">Called when nobody reads it here any more.</param>
    public void Follow(Action unfollow) => Volatile.Write(ref _unfollow, unfollow);

    /// <summary>No other node has it.</summary>
    public void Unfollow() => Volatile.Write(ref _unfollow, null);

    /// <summary>Tells whose answer it is.</summary>
    public void Attach(RunningStream stream)
    {
        lock (_gate)
        {
            _stream = stream;
            if (!_isLeft)
            {
                return;
            }
        }

        stream.End(EndCause.CallerGone);
    }

    /// <summary>Whoever began it has done what there was to do: it is attached to its stream, or has none.</summary>
    public void Begun() => _begun.TrySetResult();

    /// <summary>Text from a reader's position on, which moves to its end. It stays as it is while the answer grows.</summary>
    public ReadOnlyMemory<byte> Take(ref int position)
    {
        lock (_gate)
        {
            var text = _text.AsMemory(position.._length);
            position = _length;
            return text;
        }
    }

    /// <summary>How it ended; only once it is over.</summary>
    public async Task<AnswerEnd> EndAsync()
    {
        var end = _end!;
        if (end.Error is not null || end.FinishReason != "error")
        {
            return end;
        }

        // A second reader may be here before the one who began it has said whose answer it is.
        await _begun.Task;
        return _stream is { } stream ? end with { Error = await stream.Accepted ?? StreamErrors.Internal() } : end;
    }

    /// <summary>Has a whole answer kept: once, whichever of its readers sees the end first.</summary>
    public Task KeepAsync(Func<Task> keep)
    {
        lock (_gate)
        {
            return _keeping ??= IsOver && !_isLeft ? keep() : Task.CompletedTask;
        }
    }

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        HasContent = true;
        Append(escapedText);
    }

    /// <summary>Bots have no tools; a model that calls one all the same has said nothing.</summary>
    public void ToolCalls(IReadOnlyList<ToolCall> calls) => HasContent = true;

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        HasContent = true;
        WasEmpty = _length == 0;
        Close(new AnswerEnd(finishReason, null, _answer?.CountedUsage, usageJson.ToArray()), isBroken: false);
    }

    public void Error(BfError error)
    {
        Failure = error;
        Close(new AnswerEnd("error", error, _answer?.CountedUsage), isBroken: true);
    }

    public void Reads(ResponseReader answer) => _answer = answer;

    public void Event(ReadOnlySpan<byte> json)
    {
        // Only tools have events of their own.
    }

    public void Flush()
    {
        foreach (var reader in Volatile.Read(ref _readers))
        {
            reader.Wake();
        }
    }

    /// <summary>The whole answer, which another node has had.</summary>
    public void Replay(string text)
    {
        Append(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        Close(AnswerEnd.Replayed, isBroken: false);
    }

    /// <summary>Another node has told all of it.</summary>
    public void EndAsTold(byte[] events) => Close(AnswerEnd.Replayed with { Events = events }, isBroken: false);

    public void Stopped() => Close(new AnswerEnd("stopped", null, _answer?.CountedUsage), isBroken: false);

    /// <summary>Nothing was said and nothing will be: the provider refused, or could not be asked.</summary>
    public void Dispose()
    {
        if (!IsOver)
        {
            Close(new AnswerEnd("error"), isBroken: true);
        }
    }

    private void Close(AnswerEnd end, bool isBroken)
    {
        if (isBroken || _length == 0)
        {
            Append(JsonEncodedText.Encode(_length == 0 ? fallback : "\n\n" + fallback, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        }

        Volatile.Write(ref _end, end);
        Flush();
    }

    private void Append(ReadOnlySpan<byte> escapedText)
    {
        lock (_gate)
        {
            var needed = _length + escapedText.Length;
            if (needed > _text.Length)
            {
                // A new array: a reader may be sending from the old one.
                var longer = new byte[Math.Max(needed, 2 * _text.Length)];
                _text.AsSpan(0, _length).CopyTo(longer);
                _text = longer;
            }

            escapedText.CopyTo(_text.AsSpan(_length));
            _length = needed;
        }
    }
}
