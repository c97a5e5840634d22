using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>An array to which each chunk's elements are appended.</summary>
internal sealed class MergedArray : MergedNode
{
    private readonly List<byte[]> _elements = [];

    public override bool Takes(ReadOnlySpan<byte> value) => value[0] == '[';

    public override void Merge(ReadOnlySpan<byte> value, MergeRule rule)
    {
        var reader = JsonTokens.Open(value);
        reader.Read();
        while (JsonTokens.NextElement(ref reader))
        {
            _elements.Add(JsonTokens.TakeValue(ref reader, value).ToArray());
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var element in _elements)
        {
            writer.WriteRawValue(element, skipInputValidation: true);
        }

        writer.WriteEndArray();
    }
}
