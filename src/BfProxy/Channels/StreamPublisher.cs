namespace BfProxy.Channels;

/// <summary>Publishes a stream to channels of this process.</summary>
internal sealed class StreamPublisher(ChannelHub hub, StreamSource[] sources, string streamId) : IStreamPublisher
{
    private int _seq;
    private bool _isPending;
    private bool _isUrgent;
    private bool _hasDelta;
    private bool _isClosed;

    public string StreamId => streamId;

    public CancellationToken Abandoned => CancellationToken.None;

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        _isUrgent |= !_hasDelta;
        _hasDelta = true;
        Append(escapedText, isDelta: true);
    }

    public void Event(ReadOnlySpan<byte> eventJson)
    {
        _isUrgent = true;
        Append(eventJson, isDelta: false);
    }

    public void Flush()
    {
        if (!_isPending)
        {
            return;
        }

        _isPending = false;
        foreach (var source in sources)
        {
            if (_isUrgent)
            {
                source.Channel.Wake();
            }
            else
            {
                hub.WakeInWindow(source.Channel);
            }
        }

        _isUrgent = false;
    }

    public void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        Flush();
        foreach (var source in sources)
        {
            source.Channel.Close(source);
        }
    }

    private void Append(ReadOnlySpan<byte> payload, bool isDelta)
    {
        _seq++;
        _isPending = true;
        foreach (var source in sources)
        {
            source.Channel.Append(source, _seq, isDelta ? 1 : 0, payload);
        }
    }
}
