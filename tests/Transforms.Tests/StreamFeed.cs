namespace BfProxy.Transforms.Tests;

/// <summary>
/// One stream cut into reads. Each read lies between poison bytes and is poisoned itself once it was pushed,
/// so that reading past it, and keeping a span of it, change what comes out.
/// </summary>
public sealed class StreamFeed(byte[] stream, IReadOnlyList<int> cuts)
{
    public delegate void Push(ReadOnlySpan<byte> bytes);

    private static readonly byte[] s_poison = "\r\n\r\ndata: poison\n\n"u8.ToArray();

    public void Into(Push push)
    {
        var start = 0;
        foreach (var end in cuts.Append(stream.Length))
        {
            var read = stream.AsSpan(start, end - start);
            byte[] surrounded = [.. s_poison, .. read, .. s_poison];
            var pushed = surrounded.AsSpan(s_poison.Length, read.Length);
            push(pushed);
            pushed.Fill((byte)'!');
            start = end;
        }
    }

    public override string ToString() => cuts.Count == 1 ? $"cut at byte {cuts[0]} of {stream.Length}" : $"{cuts.Count + 1} reads";
}
