using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>A string to which each chunk's piece is appended.</summary>
internal sealed class MergedText : MergedNode
{
    private readonly GrowingString _text = new();

    public bool IsEmpty => _text.IsEmpty;

    public override bool Takes(ReadOnlySpan<byte> value) => value[0] == '"';

    public override void Merge(ReadOnlySpan<byte> value, MergeRule rule) => _text.Append(JsonTokens.InsideOf(value));

    public bool Is(ReadOnlySpan<byte> inside) => _text.Inside.SequenceEqual(inside);

    public override void Write(Utf8JsonWriter writer) => _text.Write(writer);
}
