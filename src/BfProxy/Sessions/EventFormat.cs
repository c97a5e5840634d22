using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Sessions;

/// <summary>Server-sent events with the same objects as on channels.</summary>
internal sealed class EventFormat : IAnswerFormat
{
    public static readonly EventFormat Instance = new();

    public string ContentType => "text/event-stream";

    private static ReadOnlySpan<byte> Start => "data: "u8;

    private static ReadOnlySpan<byte> Stop => "\n\n"u8;

    public void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> escapedText)
    {
        output.Write(Start);
        BfEventWriter.WriteDelta(output, escapedText);
        output.Write(Stop);
    }

    public void WritePing(IBufferWriter<byte> output) => output.Write(": ping\n\n"u8);

    public void WriteEnd(IBufferWriter<byte> output, AnswerEnd end)
    {
        if (end.Events is { } told)
        {
            output.Write(told);
            return;
        }

        if (end.Error is not null)
        {
            output.Write(Start);
            BfEventWriter.WriteError(output, end.Error, showProviderWords: false);
            output.Write(Stop);
        }

        output.Write(Start);
        BfEventWriter.WriteEnd(output, end.FinishReason, end.Cost, end.UsageJson);
        output.Write(Stop);
    }
}
