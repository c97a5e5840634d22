using System.Buffers.Text;

namespace BfProxy.Transforms.Framing;

/// <summary>
/// What lies between two reads of one event stream: half a frame, the last event id. Owned by the caller, passed by reference to
/// each <see cref="SseScanner"/>, used by one thread at a time and never copied. <see cref="Dispose"/> gives its buffers back to the pool.
/// </summary>
public struct SseScanState : IDisposable
{
    /// <summary>Kept after its frame was read, since that frame may be in use; the next half frame overwrites it.</summary>
    internal PooledBytes Carry;

    // Frame, join and id lie in separate buffers: a frame's event type may stand between two of its data lines.
    private PooledBytes _joined;
    private PooledBytes _lastEventId;

    /// <summary>Makes the state of a stream of which nothing was read yet.</summary>
    /// <param name="maxFrameBytes">Limit of one frame: the bytes of its lines with their line ends, without comments before its first field.</param>
    public SseScanState(int maxFrameBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxFrameBytes);
        MaxFrameBytes = maxFrameBytes;
    }

    /// <summary>The last <c>id</c> that the stream gave, also by frames without data; empty where it gave none. Lives until the next read.</summary>
    public readonly ReadOnlySpan<byte> LastEventId => _lastEventId.Written;

    /// <summary>The last valid <c>retry</c>: how long the stream asks to wait before a reconnect.</summary>
    public TimeSpan? Retry { get; private set; }

    internal int MaxFrameBytes { get; }

    internal SseScanPhase Phase { get; set; }

    /// <summary>The bytes so far of the frame that is being read; empty between frames.</summary>
    internal readonly ReadOnlySpan<byte> Carried => Phase == SseScanPhase.Within ? Carry.Written : default;

    /// <summary>Returns the pooled buffers. Spans of frames read before are dead then.</summary>
    public void Dispose()
    {
        Phase = SseScanPhase.Dead;
        Carry.Dispose();
        _joined.Dispose();
        _lastEventId.Dispose();
    }

    internal void CarryOn(ReadOnlySpan<byte> half)
    {
        if (Phase != SseScanPhase.Within)
        {
            Carry.Clear();
            Phase = SseScanPhase.Within;
        }

        Carry.Append(half);
    }

    /// <summary>Reads the fields of a whole frame.</summary>
    /// <returns>False where it has no data, which means that nothing is dispatched.</returns>
    internal bool TryDispatch(ReadOnlySpan<byte> block, out SseFrame frame)
    {
        ReadOnlySpan<byte> eventType = default;
        ReadOnlySpan<byte> data = default;
        var dataLines = 0;
        var fields = new SseFieldReader(block);
        while (fields.Read())
        {
            if (fields.Name.SequenceEqual("data"u8))
            {
                data = dataLines++ == 0 ? fields.Value : Join(data, fields.Value, first: dataLines == 2);
            }
            else if (fields.Name.SequenceEqual("event"u8))
            {
                eventType = fields.Value;
            }
            else
            {
                Keep(fields.Name, fields.Value);
            }
        }

        frame = new SseFrame(eventType, data);
        return dataLines > 0;
    }

    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> data, ReadOnlySpan<byte> line, bool first)
    {
        if (first)
        {
            _joined.Clear();
            _joined.Append(data);
        }

        _joined.Append([SseGrammar.LF]);
        _joined.Append(line);
        return _joined.Written;
    }

    private void Keep(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("id"u8) && !value.Contains((byte)0))
        {
            _lastEventId.Clear();
            _lastEventId.Append(value);
        }
        else if (name.SequenceEqual("retry"u8) && IsDigits(value)
            && Utf8Parser.TryParse(value, out int milliseconds, out _))
        {
            Retry = TimeSpan.FromMilliseconds(milliseconds);
        }
    }

    private static bool IsDigits(ReadOnlySpan<byte> value) => !value.IsEmpty && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
