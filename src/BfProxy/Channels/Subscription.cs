namespace BfProxy.Channels;

/// <summary>
/// One connection's place on one channel. The channel adds, removes and wakes it; only the connection's drain loop takes frames.
/// </summary>
internal sealed class Subscription
{
    /// <summary>Text beyond which a roll-up is not made longer.</summary>
    private const int MaxRollUpBytes = 64 * 1024;

    private LogCursor _cursor;
    private Replay? _replay;
    private long _weight;
    private long _taken;
    private int _epoch;

    public Subscription(Channel channel, Connection connection, LogCursor cursor, in JoinPosition position, Replay? replay = null)
    {
        _cursor = cursor;
        _replay = replay;
        _weight = channel.Weight;
        _taken = position.After;
        Channel = channel;
        Connection = connection;
        _epoch = channel.EpochNumber;
        JoinedAt = position.JoinedAt;
        Floor = position.Floor;
        Recovered = position.Recovered;
    }

    public Channel Channel { get; }

    public Connection Connection { get; }

    public string Name => Channel.Key.Name;

    /// <summary>The epoch that its offsets count in: the channel's, or an earlier one where frames of it are still to be taken.</summary>
    public string Epoch => Channel.Write(_epoch);

    public int EpochNumber => _epoch;

    /// <summary>The channel's last offset at the join, or where its present epoch began.</summary>
    public long JoinedAt { get; private set; }

    /// <summary>The offset after which this client may read again when it comes back.</summary>
    public long Floor { get; private set; }

    /// <summary>Whether the past that was asked for is there in full; null where none was.</summary>
    public bool? Recovered { get; }

    /// <summary>The offset up to which frames were taken.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Its place in the channel's <see cref="SubscriberSet"/>, which alone uses it.</summary>
    public int Slot { get; set; }

    /// <summary>Whether another frame most likely stands ready; asked by the one who takes.</summary>
    public bool HasMore => _cursor.HasCurrent(_replay);

    /// <summary>Where it joined a channel without a log, which now gets one: puts it at the start.</summary>
    public void Start(LogSegment first) => _cursor.Start(first);

    /// <summary>Wakes a waiting connection; cuts off one that is busy and too far behind.</summary>
    public void Wake()
    {
        if (!Connection.Wake() && Channel.Weight - Volatile.Read(ref _weight) > Connection.MaxLagBytes)
        {
            Connection.Close(ConnectionEnd.TooSlow);
        }
    }

    /// <summary>Takes the next frame, rolled up with the deltas that follow it. The bytes stay valid until the buffer is used again.</summary>
    public bool TryTake(ref FrameBuffer buffer, out PreparedFrame frame)
    {
        if (!FindNext())
        {
            frame = default;
            return false;
        }

        if (_cursor.Current.IsNotice)
        {
            frame = TakeNotice();
            return true;
        }

        frame = Channel.SharesFrames && _replay is null ? TakeShared() : buffer.Write(Channel, TakeRun(long.MaxValue));
        return true;
    }

    private bool FindNext()
    {
        while (_cursor.HasCurrent(_replay))
        {
            if (_replay is null)
            {
                return true;
            }

            if (_cursor.Current.IsNotice)
            {
                _replay = null;
                return true;
            }

            if (_replay.Includes(_cursor.Current))
            {
                _replay = _cursor.Current.Offset > _replay.Until ? null : _replay;
                return true;
            }

            _cursor.Advance();
        }

        // All of the past was there at the join, so what comes next is live.
        _replay = null;
        return false;
    }

    /// <summary>Goes over to another history, and tells the client.</summary>
    private PreparedFrame TakeNotice()
    {
        var notice = _cursor.Current;
        _epoch = notice.Seq;
        JoinedAt = Floor = notice.Offset;
        Volatile.Write(ref _weight, _weight + notice.Weight);
        Volatile.Write(ref _taken, notice.Offset);
        _cursor.Advance();
        return PreparedFrame.Of(Connection.Notice?.Invoke(this) ?? default);
    }

    /// <summary>Moves over the current record and the deltas that continue it; stops at <paramref name="limit"/>.</summary>
    private FrameRun TakeRun(long limit)
    {
        var start = _cursor;
        var first = start.Current;
        var (last, length, records) = (first, first.Length, 1);
        Pass(first);
        while (last.IsDelta && last.LastOffset < limit && length < MaxRollUpBytes && _cursor.HasCurrent(_replay) && _cursor.Current.Continues(last))
        {
            last = _cursor.Current;
            length += last.Length;
            records++;
            Pass(last);
        }

        return new FrameRun(start, _replay, first, last.LastOffset, last.LastSeq, records, length);
    }

    /// <summary>The past that a join brought along does not count as lag.</summary>
    private void Pass(in LogRecord record)
    {
        if (record.Offset > JoinedAt)
        {
            Volatile.Write(ref _weight, _weight + record.Weight);
        }

        Volatile.Write(ref _taken, record.LastOffset);
        _cursor.Advance();
    }

    /// <summary>Takes the frame that another subscriber has encoded at this offset, else encodes it for those who come after.</summary>
    private PreparedFrame TakeShared()
    {
        var shared = Channel.Shared;
        var offset = _cursor.Current.Offset;
        var known = shared is null || shared.BeginsAt(_epoch, offset) ? shared : shared.Behind;
        if (known?.BeginsAt(_epoch, offset) == true)
        {
            TakeRun(known.LastOffset);
            return known.Frame;
        }

        var run = TakeRun(long.MaxValue);
        var bytes = new byte[PreparedFrame.HeaderRoom + FrameWriter.MaxLength(Channel, run)];
        var frame = PreparedFrame.Prepare(bytes, FrameWriter.Write(bytes.AsSpan(PreparedFrame.HeaderRoom), Channel, run));
        if (shared is null || (shared.Epoch == _epoch ? shared.Offset < offset : _epoch == Channel.EpochNumber))
        {
            Channel.Share(new SharedFrame(_epoch, offset, run.LastOffset, frame) { Behind = shared?.Behind?.LastOffset >= shared?.Offset ? shared?.Behind : null });
        }
        else if (shared.Epoch == _epoch)
        {
            shared.Behind = new SharedFrame(_epoch, offset, run.LastOffset, frame);
        }

        return frame;
    }
}
