using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads <c>content</c>: a string, or an array of OpenAI's parts and Anthropic's blocks.</summary>
internal static class BlockReader
{
    public static IReadOnlyList<ContentPart> Read(JsonElement content, FieldPath path, FaultSink faults)
    {
        if (content.ValueKind is JsonValueKind.String)
        {
            return [new TextPart(WireForm.OpenAi, content, path, content)];
        }

        if (content.ValueKind is not JsonValueKind.Array)
        {
            faults.Expected(path, "a string or an array of parts", content);
            return [];
        }

        var parts = new List<ContentPart>(content.GetArrayLength());
        var index = 0;
        foreach (var block in content.EnumerateArray())
        {
            if (ReadBlock(block, path.Item(index++), faults) is not { } part)
            {
                return [];
            }

            parts.Add(part);
        }

        return parts;
    }

    private static ContentPart? ReadBlock(JsonElement block, FieldPath path, FaultSink faults)
    {
        if (block.ValueKind is not JsonValueKind.Object)
        {
            faults.Expected(path, "an object", block);
            return null;
        }

        var type = FieldReader.ReadString(block, path, "type", faults) ?? (block.TryGetProperty("text"u8, out _) ? "text" : null);
        switch (type)
        {
            case null:
                faults.Fail(path.Member("type"), "expected the kind of the part.");
                return null;
            case "text":
                return ReadText(block, path, "text", faults);
            case "refusal":
                return ReadText(block, path, "refusal", faults);
            case "image_url" or "input_audio" or "file":
                return OpenAiMediaReader.Read(block, path, type, faults);
            case "image" or "document":
                return AnthropicBlockReader.ReadMedia(block, path, type, faults);
            case "tool_use":
                return AnthropicBlockReader.ReadCall(block, path, faults);
            case "tool_result":
                return AnthropicBlockReader.ReadResult(block, path, faults);
            case "thinking" or "redacted_thinking":
                return new ThinkingPart(WireForm.Anthropic, block, path);
            default:
                return new OpaquePart(WireForm.OpenAi, block, path, type);
        }
    }

    private static TextPart? ReadText(JsonElement block, FieldPath path, string name, FaultSink faults)
    {
        if (!block.TryGetProperty(name, out var text) || text.ValueKind is not JsonValueKind.String)
        {
            faults.Expected(path.Member(name), "a string", text);
            return null;
        }

        // OpenAI refuses these two, which only Anthropic's blocks have; a bare block without a type is nobody's.
        var isForeign = block.TryGetProperty("cache_control"u8, out _) || block.TryGetProperty("citations"u8, out _) || !block.TryGetProperty("type"u8, out _);
        return new TextPart(isForeign ? WireForm.Anthropic : WireForm.OpenAi, block, path, text);
    }
}
