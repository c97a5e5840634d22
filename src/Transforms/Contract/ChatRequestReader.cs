using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads and validates the envelope around a chat.</summary>
internal static class ChatRequestReader
{
    public static string? ActionNameOf(JsonElement root) =>
        FieldReader.TryFind(root, "actionName", out var name) && name.ValueKind is JsonValueKind.String ? name.GetString() : null;

    public static ChatRequest? Read(JsonElement root, FaultSink faults)
    {
        return null;
    }
}
