using System.Buffers.Binary;

namespace LoadTest.Client;

/// <summary>WebSocket frames as a client reads and writes them.</summary>
internal static class SocketFrame
{
    private const int Final = 0x80;
    private const int Text = 0x1;
    private const int MaskBit = 0x80;
    private const int MaskBytes = 4;

    /// <summary>Bytes of the whole frame, or 0 while it is not whole.</summary>
    public static int TryRead(ReadOnlySpan<byte> bytes, out int opcode, out ReadOnlySpan<byte> payload)
    {
        opcode = 0;
        payload = default;
        if (bytes.Length < 2)
        {
            return 0;
        }

        var head = 2;
        long length = bytes[1] & 0x7f;
        if (length >= 126)
        {
            head = length == 126 ? 4 : 10;
            if (bytes.Length < head)
            {
                return 0;
            }

            length = head == 4 ? BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) : BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        }

        if (bytes.Length - head < length)
        {
            return 0;
        }

        opcode = bytes[0] & 0xf;
        payload = bytes.Slice(head, (int)length);
        return head + (int)length;
    }

    /// <summary>A text frame masked with zeros.</summary>
    public static byte[] Write(ReadOnlySpan<byte> text)
    {
        var head = text.Length < 126 ? 2 : 4;
        var frame = new byte[head + MaskBytes + text.Length];
        frame[0] = Final | Text;
        frame[1] = (byte)(MaskBit | (head == 2 ? text.Length : 126));
        if (head == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)text.Length);
        }

        text.CopyTo(frame.AsSpan(head + MaskBytes));
        return frame;
    }
}
