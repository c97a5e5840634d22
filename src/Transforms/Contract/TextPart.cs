using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Text; <paramref name="Text"/> is a JSON string, copied raw.</summary>
internal sealed record TextPart(WireForm Form, JsonElement Source, FieldPath Path, JsonElement Text) : ContentPart(Form, Source, Path)
{
    public bool IsEmpty => Text.ValueEquals(ReadOnlySpan<byte>.Empty);
}
