using System.Buffers.Binary;

namespace BfProxy.Channels;

/// <summary>One JSON object with the header of a WebSocket's text message in front (RFC 6455, section 5.2): encoded once, it goes out to any number of sockets as it is.</summary>
internal readonly struct PreparedFrame
{
    /// <summary>Bytes to leave free in front of a payload.</summary>
    public const int HeaderRoom = 10;

    private const byte FinalText = 0x81;
    private const int MaxOneByteLength = 125;
    private const byte TwoByteLength = 126;
    private const byte EightByteLength = 127;

    private readonly int _headerLength;

    private PreparedFrame(ReadOnlyMemory<byte> message, int headerLength)
    {
        Message = message;
        _headerLength = headerLength;
    }

    /// <summary>Header and payload.</summary>
    public ReadOnlyMemory<byte> Message { get; }

    public ReadOnlyMemory<byte> Payload => Message[_headerLength..];

    public bool IsEmpty => Message.IsEmpty;

    /// <summary>Copies a payload behind a header; nothing becomes nothing.</summary>
    public static PreparedFrame Of(ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return default;
        }

        var bytes = new byte[HeaderRoom + payload.Length];
        payload.Span.CopyTo(bytes.AsSpan(HeaderRoom));
        return Prepare(bytes, payload.Length);
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">Holds the payload behind <see cref="HeaderRoom"/>.</param>
    /// <param name="length">The payload's bytes.</param>
    public static PreparedFrame Prepare(byte[] bytes, int length)
    {
        var headerLength = length <= MaxOneByteLength ? 2 : length <= ushort.MaxValue ? 4 : HeaderRoom;
        var start = HeaderRoom - headerLength;
        var header = bytes.AsSpan(start, headerLength);
        header[0] = FinalText;
        if (headerLength == 2)
        {
            header[1] = (byte)length;
        }
        else if (headerLength == 4)
        {
            header[1] = TwoByteLength;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
        }
        else
        {
            header[1] = EightByteLength;
            BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)length);
        }

        return new PreparedFrame(bytes.AsMemory(start, headerLength + length), headerLength);
    }
}
