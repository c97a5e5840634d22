using System.Text.Json;

namespace BfProxy.Demo;

/// <summary>What the demo reads of a chat completion request.</summary>
internal sealed record DemoRequest(DemoModel Model, string Prompt, bool Stream, bool IncludeUsage, int? MaxTokens, int PromptTokens)
{
    /// <summary>Tools that the prompt asks for.</summary>
    public IReadOnlyList<DemoCall> Calls { get; private init; } = [];

    /// <summary>What the tools said that were called before.</summary>
    public IReadOnlyList<DemoToolResult> Results { get; private init; } = [];

    public static DemoRequest? Read(JsonElement root, out DemoFault? fault)
    {
        fault = Check(root, out var model);
        if (fault is not null || model is null)
        {
            return null;
        }

        var texts = root.GetProperty("messages").EnumerateArray().Where(message => message.ValueKind is JsonValueKind.Object).ToList();
        var prompt = texts.LastOrDefault(IsUser);
        return new DemoRequest(
            model,
            TextOf(prompt),
            IsTrue(root, "stream"),
            root.TryGetProperty("stream_options", out var options) && IsTrue(options, "include_usage"),
            Number(root, "max_completion_tokens") ?? Number(root, "max_tokens"),
            texts.Sum(message => 4 + (TextOf(message).Length / 4)))
        {
            Calls = DemoToolReader.Calls(root, TextOf(prompt)),
            Results = DemoToolReader.Results(texts),
        };
    }

    private static DemoFault? Check(JsonElement root, out DemoModel? model)
    {
        model = null;
        if (root.ValueKind is not JsonValueKind.Object)
        {
            return DemoFault.NotJson;
        }

        if (!root.TryGetProperty("model", out var name) || name.ValueKind is not JsonValueKind.String)
        {
            return DemoFault.NoModel;
        }

        model = DemoModel.Find(name.GetString()!);
        if (model is null)
        {
            return DemoFault.NoSuchModel(name.GetString()!);
        }

        var hasMessages = root.TryGetProperty("messages", out var messages)
            && messages.ValueKind is JsonValueKind.Array
            && messages.GetArrayLength() > 0;
        return hasMessages ? null : DemoFault.NoMessages;
    }

    private static bool IsUser(JsonElement message) =>
        message.TryGetProperty("role", out var role) && role.ValueKind is JsonValueKind.String && role.ValueEquals("user"u8);

    public static string TextOf(JsonElement message)
    {
        if (message.ValueKind is not JsonValueKind.Object || !message.TryGetProperty("content", out var content))
        {
            return "";
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Join('\n', content.EnumerateArray().Select(PartText)),
            _ => "",
        };
    }

    private static string PartText(JsonElement part) =>
        part.ValueKind is JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind is JsonValueKind.String
            ? text.GetString()!
            : "";

    private static bool IsTrue(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;

    private static int? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0
            ? number
            : null;
}
