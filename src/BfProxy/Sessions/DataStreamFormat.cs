using System.Buffers;

namespace BfProxy.Sessions;

/// <summary>
/// Lines of the AI SDK's data stream, as the widget reads them: a code, a colon, a JSON value. Only text, since widgets read other
/// codes or fail on them, by version; and no end but the body's.
/// </summary>
internal sealed class DataStreamFormat : IAnswerFormat
{
    public static readonly DataStreamFormat Instance = new();

    public string ContentType => "text/plain; charset=utf-8";

    public void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> escapedText)
    {
        output.Write("0:\""u8);
        output.Write(escapedText);
        output.Write("\"\n"u8);
    }

    // No data: the one keep-alive that all versions of the widget are known to take.
    public void WritePing(IBufferWriter<byte> output) => output.Write("2:[]\n"u8);

    public void WriteEnd(IBufferWriter<byte> output, AnswerEnd end)
    {
        // The body's end is the end; an error would leave the visitor without an input.
    }
}
