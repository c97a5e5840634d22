using System.Buffers.Text;

namespace BfProxy.Channels;

/// <summary>Writes frames as they go over the wire (contract, "Channels").</summary>
internal static class FrameWriter
{
    /// <summary>Four numbers and all fixed text, generously.</summary>
    private const int MaxFixedBytes = 192;

    public static int MaxLength(Channel channel, in FrameRun run) => channel.Prefix.Length + (run.First.Source?.Header.Length ?? 0) + run.Length + MaxFixedBytes;

    /// <summary>Returns the bytes written, at most <see cref="MaxLength"/>.</summary>
    public static int Write(Span<byte> destination, Channel channel, in FrameRun run)
    {
        var rest = destination;
        Put(ref rest, channel.Prefix);
        if (run.IsRolledUp)
        {
            Put(ref rest, "\"from\":"u8, run.First.Offset);
            Put(ref rest, ","u8);
        }

        Put(ref rest, "\"offset\":"u8, run.LastOffset);
        if (run.First.Source is not { } source)
        {
            Put(ref rest, ","u8);
            Put(ref rest, run.Start.Payload);
            return destination.Length - rest.Length;
        }

        Put(ref rest, source.Header);
        if (run.IsRolledUp)
        {
            Put(ref rest, ",\"seqFrom\":"u8, run.First.Seq);
        }

        Put(ref rest, ",\"seq\":"u8, run.LastSeq);
        if (run.First.IsDelta)
        {
            Put(ref rest, ",\"event\":{\"type\":\"delta\",\"content\":\""u8);
            PutPayloads(ref rest, run);
            Put(ref rest, "\"}}"u8);
        }
        else
        {
            Put(ref rest, ",\"event\":"u8);
            Put(ref rest, run.Start.Payload);
            Put(ref rest, "}"u8);
        }

        return destination.Length - rest.Length;
    }

    private static void PutPayloads(ref Span<byte> rest, in FrameRun run)
    {
        var cursor = run.Start;
        for (var i = 0; i < run.Records; i++)
        {
            cursor.HasCurrent(run.Replay);
            Put(ref rest, cursor.Payload);
            cursor.Advance();
        }
    }

    private static void Put(ref Span<byte> rest, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }

    private static void Put(ref Span<byte> rest, ReadOnlySpan<byte> name, long number)
    {
        Put(ref rest, name);
        Utf8Formatter.TryFormat(number, rest, out var written);
        rest = rest[written..];
    }
}
