namespace BfProxy.Benchmarks.Dialects;

/// <summary>Where frames end up: counted, and kept as text where a check wants to compare them.</summary>
internal sealed class FrameTally(List<string>? kept = null)
{
    public long Bytes { get; private set; }

    public void Add(ReadOnlySpan<byte> frame)
    {
        Bytes += frame.Length;
        kept?.Add(System.Text.Encoding.UTF8.GetString(frame));
    }
}
