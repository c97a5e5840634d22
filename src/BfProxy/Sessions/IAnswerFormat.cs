using System.Buffers;

namespace BfProxy.Sessions;

/// <summary>How an answer is written while it comes.</summary>
internal interface IAnswerFormat
{
    string ContentType { get; }

    /// <summary>Writes more text.</summary>
    /// <param name="output">The response.</param>
    /// <param name="escapedText">The inside of a JSON string, copied once; never empty.</param>
    void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> escapedText);

    /// <summary>Writes something that means nothing, to keep the connection alive.</summary>
    void WritePing(IBufferWriter<byte> output);

    void WriteEnd(IBufferWriter<byte> output, AnswerEnd end);
}
