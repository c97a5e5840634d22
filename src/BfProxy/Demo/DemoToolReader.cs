using System.Text.Json;
using System.Text.Json.Nodes;

namespace BfProxy.Demo;

/// <summary>What a chat completion request says of tools: those it offers, and what those said that were called.</summary>
internal static class DemoToolReader
{
    private const string FrontEndPrefix = "ui_";
    private const int QuotedLength = 120;
    private static readonly char[] Separators = [.. " \t\r\n.,;:!?()\"'’“”-_/"];

    /// <summary>Calls of the offered tools that the prompt names.</summary>
    public static IReadOnlyList<DemoCall> Calls(JsonElement root, string prompt)
    {
        var mayCall = !root.TryGetProperty("tool_choice", out var choice) || choice.ValueKind is not JsonValueKind.String || !choice.ValueEquals("none"u8);
        if (!mayCall || !root.TryGetProperty("tools", out var tools) || tools.ValueKind is not JsonValueKind.Array)
        {
            return [];
        }

        var spoken = prompt.Split(Separators, StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. tools.EnumerateArray().Select(FunctionOf).OfType<JsonElement>()
            .Select(function => (Function: function, Name: TextOf(function, "name") ?? ""))
            .Where(tool => Words(tool.Name).Length > 0 && Words(tool.Name).All(spoken.Contains))
            .Select(tool => new DemoCall("call_" + Guid.NewGuid().ToString("N"), tool.Name, Arguments(tool.Function, prompt)))];
    }

    /// <summary>What the tools said that the last answer called.</summary>
    public static IReadOnlyList<DemoToolResult> Results(IReadOnlyList<JsonElement> messages)
    {
        var last = messages.Count - 1;
        while (last >= 0 && IsRole(messages[last], "tool"))
        {
            last--;
        }

        var names = last >= 0 && messages[last].TryGetProperty("tool_calls", out var calls) && calls.ValueKind is JsonValueKind.Array
            ? calls.EnumerateArray().ToDictionary(call => TextOf(call, "id") ?? "", call => FunctionOf(call) is { } function ? TextOf(function, "name") : null, StringComparer.Ordinal)
            : [];
        return [.. messages.Skip(last + 1).Select(message => new DemoToolResult(
            names.GetValueOrDefault(TextOf(message, "tool_call_id") ?? "") ?? "a tool",
            DemoRequest.TextOf(message)))];
    }

    private static bool IsRole(JsonElement message, string role) => string.Equals(TextOf(message, "role"), role, StringComparison.Ordinal);

    private static string[] Words(string name) =>
        (name.StartsWith(FrontEndPrefix, StringComparison.Ordinal) ? name[FrontEndPrefix.Length..] : name).Split(Separators, StringSplitOptions.RemoveEmptyEntries);

    private static JsonElement? FunctionOf(JsonElement tool) =>
        tool.ValueKind is JsonValueKind.Object && tool.TryGetProperty("function", out var function) && function.ValueKind is JsonValueKind.Object ? function : null;

    private static string? TextOf(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null;

    /// <summary>Something for each parameter: the prompt for texts, two for numbers, yes for truths.</summary>
    private static string Arguments(JsonElement function, string prompt)
    {
        var arguments = new JsonObject();
        if (function.TryGetProperty("parameters", out var schema) && schema.ValueKind is JsonValueKind.Object
            && schema.TryGetProperty("properties", out var properties) && properties.ValueKind is JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                arguments[property.Name] = TextOf(property.Value, "type") switch
                {
                    "string" => prompt.Length <= QuotedLength ? prompt : prompt[..QuotedLength],
                    "integer" or "number" => 2,
                    "boolean" => true,
                    _ => null,
                };
            }
        }

        return arguments.ToJsonString();
    }
}
