using System.Buffers;

namespace BfProxy.Sessions;

/// <summary>An answer on its way to another node: its bytes as they are, and a zero, which no text has, as a sign of life.</summary>
internal sealed class RelayFormat : IAnswerFormat
{
    public const byte Pulse = 0;

    public static readonly RelayFormat Instance = new();

    public string ContentType => "application/octet-stream";

    public void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> escapedText) => output.Write(escapedText);

    public void WritePing(IBufferWriter<byte> output) => output.Write([Pulse]);

    public void WriteEnd(IBufferWriter<byte> output, AnswerEnd end)
    {
        // The end has a message of its own.
    }
}
