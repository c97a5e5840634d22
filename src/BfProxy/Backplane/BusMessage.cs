using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace BfProxy.Backplane;

/// <summary>What one node says to another: <c>question (8) · length of sender and kind (1, 1) · sender · kind · body</c>.</summary>
/// <param name="Sender">The node that says it.</param>
/// <param name="Question">What an answer is to repeat; zero where none is wanted.</param>
/// <param name="Kind">Who is to hear it.</param>
/// <param name="Body">For the handler of that kind.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BusMessage(string Sender, long Question, string Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>The kinds of an answer, and of an answer that says nothing.</summary>
    public const string Answer = "=";
    public const string NoAnswer = "-";

    private const int HeadBytes = sizeof(long) + 2;

    public byte[] Write()
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        BinaryPrimitives.WriteInt64BigEndian(head, Question);
        (head[sizeof(long)], head[sizeof(long) + 1]) = (checked((byte)Sender.Length), checked((byte)Kind.Length));
        return [.. head, .. Encoding.ASCII.GetBytes(Sender), .. Encoding.ASCII.GetBytes(Kind), .. Body.Span];
    }

    /// <summary>False for what no node of ours says.</summary>
    public static bool TryRead(byte[] bytes, out BusMessage message)
    {
        message = default;
        if (bytes.Length < HeadBytes || bytes.Length < HeadBytes + bytes[sizeof(long)] + bytes[sizeof(long) + 1])
        {
            return false;
        }

        var sender = Encoding.ASCII.GetString(bytes, HeadBytes, bytes[sizeof(long)]);
        var kind = Encoding.ASCII.GetString(bytes, HeadBytes + sender.Length, bytes[sizeof(long) + 1]);
        message = new BusMessage(sender, BinaryPrimitives.ReadInt64BigEndian(bytes), kind, bytes.AsMemory(HeadBytes + sender.Length + kind.Length));
        return true;
    }
}
