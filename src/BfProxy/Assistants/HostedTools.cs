using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary>Tools that OpenAI runs itself and nobody else has.</summary>
internal static class HostedTools
{
    /// <summary>The first of them that a request offers, else null.</summary>
    public static string? Find(ChatRequest request) =>
        request.Payload.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array
            ? tools.EnumerateArray().Select(TypeOf).FirstOrDefault(static type => type is AssistantTool.FileSearch or AssistantTool.CodeInterpreter)
            : null;

    private static string? TypeOf(JsonElement tool) =>
        tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
}
