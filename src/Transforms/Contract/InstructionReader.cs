using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads what stands outside the messages but speaks to the model first: <c>instructions</c>, <c>system</c>, <c>systemInstruction</c>.</summary>
internal static class InstructionReader
{
    public static List<ChatMessage> Read(JsonElement payload, FaultSink faults)
    {
        var turns = new List<ChatMessage>();
        foreach (var name in (ReadOnlySpan<string>)["instructions", "system", "systemInstruction", "system_instruction"])
        {
            if (FieldReader.TryFind(payload, name, out var value))
            {
                var path = FieldPath.Payload.Member(name);
                turns.Add(new ChatMessage(ChatRole.System, WireForm.Gemini, value, path, ReadParts(value, path, faults)) { IsInstruction = true });
            }
        }

        return turns;
    }

    // A string, Anthropic's blocks, Gemini's content or its parts alone.
    private static IReadOnlyList<ContentPart> ReadParts(JsonElement value, FieldPath path, FaultSink faults)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.TryGetProperty("parts"u8, out var parts):
                return GeminiPartReader.Read(parts, path.Member("parts"), faults);
            case JsonValueKind.Object:
                return GeminiPartReader.Read(value, path, faults);
            case JsonValueKind.Array when !HasTypes(value):
                return GeminiPartReader.Read(value, path, faults);
            default:
                return BlockReader.Read(value, path, faults);
        }
    }

    private static bool HasTypes(JsonElement blocks) =>
        blocks.GetArrayLength() > 0 && blocks[0].ValueKind is JsonValueKind.Object && blocks[0].TryGetProperty("type"u8, out _);
}
