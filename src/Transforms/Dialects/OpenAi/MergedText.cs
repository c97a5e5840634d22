using System.Buffers;
using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>A string that grows. It stays escaped as the provider wrote it, so that every character comes out exactly as it came in.</summary>
internal sealed class MergedText : MergedNode
{
    // Holds the opening quote from the start; the closing one is lent for writing.
    private readonly ArrayBufferWriter<byte> _quoted = new();

    public MergedText() => _quoted.Write("\""u8);

    public bool IsEmpty => _quoted.WrittenCount == 1;

    public override bool Takes(ReadOnlySpan<byte> value) => value[0] == '"';

    public override void Merge(ReadOnlySpan<byte> value, MergeRule rule) => Append(JsonTokens.InsideOf(value));

    public void Append(ReadOnlySpan<byte> inside) => _quoted.Write(inside);

    public bool Is(ReadOnlySpan<byte> inside) => _quoted.WrittenSpan[1..].SequenceEqual(inside);

    public override void Write(Utf8JsonWriter writer)
    {
        var length = _quoted.WrittenCount;
        _quoted.GetSpan(1)[0] = (byte)'"';
        _quoted.Advance(1);
        writer.WriteRawValue(_quoted.WrittenSpan[..(length + 1)], skipInputValidation: true);
    }
}
