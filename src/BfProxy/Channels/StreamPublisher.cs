namespace BfProxy.Channels;

/// <summary>
/// One stream's way to its channels. Used by one thread at a time. <see cref="Delta"/> and <see cref="Event"/> only append;
/// <see cref="Flush"/>, once per read of the provider, wakes the subscribers, so that tokens which arrived together leave together.
/// Nothing here waits, whatever the subscribers do.
/// </summary>
internal sealed class StreamPublisher(ChannelHub hub, StreamSource[] sources, string streamId)
{
    private int _seq;
    private bool _isPending;
    private bool _isUrgent;
    private bool _hasDelta;
    private bool _isClosed;

    public string StreamId => streamId;

    /// <summary>More text.</summary>
    /// <param name="escapedText">The inside of a JSON string, never empty; copied.</param>
    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        _isUrgent |= !_hasDelta;
        _hasDelta = true;
        Append(escapedText, isDelta: true);
    }

    /// <summary>Any other event.</summary>
    /// <param name="eventJson">The whole event object; copied.</param>
    public void Event(ReadOnlySpan<byte> eventJson)
    {
        _isUrgent = true;
        Append(eventJson, isDelta: false);
    }

    /// <summary>Shows subscribers what was appended; deltas after the first may wait for the roll-up window.</summary>
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

    /// <summary>The stream is over; late joiners can replay it for 30 s more.</summary>
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
            source.Channel.Append(source, _seq, isDelta, payload);
        }
    }
}
