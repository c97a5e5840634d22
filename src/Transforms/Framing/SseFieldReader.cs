namespace BfProxy.Transforms.Framing;

/// <summary>Reads the fields of one whole frame, line by line. Comments come as fields without a name, which nobody knows.</summary>
internal ref struct SseFieldReader(ReadOnlySpan<byte> frame)
{
    private ReadOnlySpan<byte> _rest = frame;

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var line = TakeLine();
        var colon = line.IndexOf((byte)':');
        Name = colon < 0 ? line : line[..colon];
        Value = colon < 0 ? default : WithoutSpace(line[(colon + 1)..]);
        return true;
    }

    /// <summary>A value without the one space that may stand after the colon.</summary>
    public static ReadOnlySpan<byte> WithoutSpace(ReadOnlySpan<byte> value) => value is [(byte)' ', ..] ? value[1..] : value;

    private ReadOnlySpan<byte> TakeLine()
    {
        var end = _rest.IndexOfAny(SseGrammar.CR, SseGrammar.LF);
        if (end < 0)
        {
            var last = _rest;
            _rest = default;
            return last;
        }

        var line = _rest[..end];
        _rest = _rest[SseGrammar.NextLine(_rest, end)..];
        return line;
    }
}
