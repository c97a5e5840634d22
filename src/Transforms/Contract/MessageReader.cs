using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads the conversation, whichever forms its messages have.</summary>
internal static class MessageReader
{
    private static readonly FieldPath Path = FieldPath.Payload.Member("messages");

    public static IReadOnlyList<ChatMessage> Read(JsonElement payload, FaultSink faults)
    {
        if (!FieldReader.TryFind(payload, "messages", out var messages) || messages.ValueKind is not JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            faults.Expected(Path, "a non-empty array", messages);
            return [];
        }

        var turns = InstructionReader.Read(payload, faults);
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            if (faults.First is null)
            {
                ReadMessage(message, Path.Item(index++), turns, faults);
            }
        }

        ToolLinks.Connect(turns);
        return turns;
    }

    private static void ReadMessage(JsonElement message, FieldPath path, List<ChatMessage> turns, FaultSink faults)
    {
        if (message.ValueKind is not JsonValueKind.Object)
        {
            faults.Expected(path, "an object", message);
            return;
        }

        var isGemini = FieldReader.TryFind(message, "parts", out var parts);
        var role = FieldReader.ReadString(message, path, "role", faults) ?? (isGemini ? "user" : null);
        if (faults.First is not null || RoleOf(role, path, faults) is not { } speaker)
        {
            return;
        }

        if (isGemini)
        {
            AddTurns(turns, new ChatMessage(speaker, WireForm.Gemini, message, path, GeminiPartReader.Read(parts, path.Member("parts"), faults)));
            return;
        }

        var read = OpenAiMessageReader.Read(message, path, speaker, faults);
        AddTurns(turns, role == "model" ? read with { Form = WireForm.Gemini } : read);
    }

    private static ChatRole? RoleOf(string? role, FieldPath path, FaultSink faults)
    {
        switch (role)
        {
            case "system" or "developer":
                return ChatRole.System;
            case "user":
                return ChatRole.User;
            case "assistant" or "model":
                return ChatRole.Assistant;
            case "tool" or "function":
                return ChatRole.Tool;
            default:
                var found = role is null ? "nothing" : FaultSink.Quote(role);
                faults.Fail(path.Member("role"), $"expected system, developer, user, assistant, model, tool or function, found {found}.");
                return null;
        }
    }

    // Tool results of Gemini and Anthropic stand in user turns; they come first, since they answer the turn before.
    private static void AddTurns(List<ChatMessage> turns, ChatMessage message)
    {
        var results = message.Parts.Where(static part => part is ToolResultPart).ToArray();
        if (results.Length == 0)
        {
            turns.Add(message.Role is ChatRole.Tool ? message with { Role = ChatRole.User } : message);
            return;
        }

        turns.Add(message with { Role = ChatRole.Tool, Parts = results });
        if (results.Length < message.Parts.Count)
        {
            var others = message.Parts.Where(static part => part is not ToolResultPart).ToArray();
            turns.Add(message with { Role = message.Role is ChatRole.Tool ? ChatRole.User : message.Role, Parts = others });
        }
    }
}
