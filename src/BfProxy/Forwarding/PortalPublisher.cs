using System.Buffers;
using BfProxy.Channels;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>
/// Hands one stream's events to BetterForms: one request in flight, text that arrives meanwhile joined into the next, each event at most once.
/// Whoever publishes never waits. Where something was lost, an <c>error</c> stands before the <c>end</c>, which then says so too: an answer with a hole must not look whole.
/// </summary>
internal sealed class PortalPublisher(string streamId, PortalTarget target, long maxBytes, PortalDeliveries deliveries) : IStreamPublisher
{
    private readonly Lock _lock = new();
    private readonly PortalEvents _events = new(maxBytes);
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;
    private bool _isSending;
    private bool _hasLoss;
    private bool _hasError;
    private bool _isWarned;

    public string StreamId => streamId;

    /// <summary>Never: what is lost here, BetterForms is told in the stream.</summary>
    public CancellationToken Abandoned => CancellationToken.None;

    public PortalTarget Target => target;

    /// <summary>Ends when it is closed and all was sent, or lost.</summary>
    public Task Completion => _over.Task;

    // What an event's JSON begins with: its writer puts the type first, and the reason of an end second.
    private static ReadOnlySpan<byte> EndStart => "{\"type\":\"end\",\"finish_reason\":\""u8;

    private static ReadOnlySpan<byte> ErrorStart => "{\"type\":\"error\""u8;

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        bool added;
        lock (_lock)
        {
            added = _events.TryAddText(escapedText);
        }

        if (!added)
        {
            Lost(PortalFailure.Backlog);
        }
    }

    public void Event(ReadOnlySpan<byte> eventJson)
    {
        lock (_lock)
        {
            _events.AddEvent(eventJson);
        }
    }

    public void Flush()
    {
        lock (_lock)
        {
            if (_isClosed && !_isSending && _events.IsEmpty)
            {
                _over.TrySetResult();
            }

            if (_isSending || _events.IsEmpty)
            {
                return;
            }

            _isSending = true;
        }

        deliveries.Run(this);
    }

    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        Flush();
    }

    /// <summary>Sends what waits until nothing does.</summary>
    public async Task SendAsync(PortalClient client, CancellationToken cancellationToken)
    {
        while (TakeNext())
        {
            var failure = await client.SendAsync(target, _body.WrittenMemory, cancellationToken);
            if (failure is not PortalFailure.None)
            {
                Lost(failure);
            }
        }
    }

    private bool TakeNext()
    {
        lock (_lock)
        {
            if (_events.IsEmpty)
            {
                _isSending = false;
                if (_isClosed)
                {
                    _over.TrySetResult();
                }

                return false;
            }

            _body.ResetWrittenCount();
            _body.Write(target.Head);
            if (_isWarned)
            {
                TakeBrokenEnd();
            }
            else if (!TakeWarning())
            {
                _events.Take(_body);
            }

            _body.Write(PortalTarget.Tail);
            return true;
        }
    }

    private bool TakeWarning()
    {
        if (_events.NextIsText())
        {
            return false;
        }

        _hasError |= _events.PeekEvent().StartsWith(ErrorStart);
        if (!_hasLoss || _hasError || !_events.PeekEvent().StartsWith(EndStart))
        {
            return false;
        }

        _hasError = _isWarned = true;
        BfEventWriter.WriteError(_body, StreamErrors.LostOnTheWay(), showProviderWords: false);
        return true;
    }

    /// <summary>The end that stood behind the warning, with <c>error</c> in place of its reason.</summary>
    private void TakeBrokenEnd()
    {
        var end = new ArrayBufferWriter<byte>();
        _events.Take(end);
        var reason = end.WrittenSpan[EndStart.Length..];
        _body.Write(EndStart);
        _body.Write("error"u8);
        _body.Write(reason[reason.IndexOf((byte)'"')..]);
    }

    private void Lost(PortalFailure failure)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = !_hasLoss;
            _hasLoss = true;
        }

        deliveries.Failed(this, failure, isFirst);
    }
}
