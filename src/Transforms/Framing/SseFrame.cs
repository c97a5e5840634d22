namespace BfProxy.Transforms.Framing;

/// <summary>One dispatched event of a stream. The spans live until the next call on the scanner that returned it.</summary>
public readonly ref struct SseFrame
{
    /// <summary>Makes a frame over bytes that the caller owns.</summary>
    public SseFrame(ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> data)
    {
        EventType = eventType;
        Data = data;
    }

    /// <summary>The <c>event</c> field; empty where the stream named none (which means <c>message</c>).</summary>
    public ReadOnlySpan<byte> EventType { get; }

    /// <summary>The <c>data</c> lines joined by LF, without a last one.</summary>
    public ReadOnlySpan<byte> Data { get; }
}
