using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>
/// What compatible providers tell of a model's thoughts beside its text. Some of them refuse a turn with calls that comes back without it; OpenAI itself
/// sends none.
/// </summary>
internal sealed class OpenAiThoughts
{
    private readonly MergedObject _members = new();

    /// <summary>Adds the thoughts of one chunk, a well-formed JSON object.</summary>
    public void Merge(ReadOnlySpan<byte> chunk)
    {
        if (chunk.IndexOf("\"reasoning"u8) < 0)
        {
            return;
        }

        using var document = JsonDocument.Parse(chunk.ToArray(), new JsonDocumentOptions { MaxDepth = 128 });
        try
        {
            MergeChunk(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            // Half a character in a name: no provider that has thoughts to tell writes so. In a text it may stand, the other half coming with the next chunk.
        }
    }

    public void Write(Utf8JsonWriter writer) => _members.Write(writer);

    private void MergeChunk(JsonElement chunk)
    {
        if (chunk.TryGetProperty("choices"u8, out var choices) && choices.ValueKind is JsonValueKind.Array
            && choices.GetArrayLength() > 0 && choices[0].ValueKind is JsonValueKind.Object
            && choices[0].TryGetProperty("delta"u8, out var delta) && delta.ValueKind is JsonValueKind.Object)
        {
            MergeDelta(delta);
        }
    }

    private void MergeDelta(JsonElement delta)
    {
        foreach (var name in (ReadOnlySpan<string>)["reasoning_content", "reasoning_details"])
        {
            if (delta.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Array)
            {
                _members.MergeMember(name, System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value), MergeRule.Grow);
            }
        }
    }
}
