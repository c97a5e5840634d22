using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads a message with <c>content</c>: OpenAI's, or Anthropic's where its blocks are.</summary>
internal static class OpenAiMessageReader
{
    public static ChatMessage Read(JsonElement message, FieldPath path, ChatRole role, FaultSink faults)
    {
        if (role is ChatRole.Tool)
        {
            return ReadResult(message, path, faults);
        }

        var parts = new List<ContentPart>();
        var contentPath = path.Member("content");
        if (message.TryGetProperty("content"u8, out var content) && content.ValueKind is not JsonValueKind.Null)
        {
            parts.AddRange(BlockReader.Read(content, contentPath, faults));
        }
        else if (role is not ChatRole.Assistant)
        {
            faults.Expected(contentPath, "a string or an array of parts", content);
        }

        var isIrregular = false;
        if (role is ChatRole.Assistant)
        {
            ReadCalls(message, path, parts, faults);
            isIrregular = ReadLegacyCall(message, path, parts, faults);
        }

        var form = parts.Exists(static part => part.Form is WireForm.Anthropic) ? WireForm.Anthropic : WireForm.OpenAi;
        return new ChatMessage(role, form, message, path, parts) { IsIrregular = isIrregular };
    }

    private static ChatMessage ReadResult(JsonElement message, FieldPath path, FaultSink faults)
    {
        var result = new ToolResultPart(WireForm.OpenAi, message, path)
        {
            CallId = FieldReader.ReadString(message, path, "tool_call_id", faults),
            Name = FieldReader.ReadString(message, path, "name", faults),
            Content = FieldReader.Find(message, "content"),
        };
        var isFunction = message.TryGetProperty("role"u8, out var role) && role.ValueEquals("function"u8);
        return new ChatMessage(ChatRole.Tool, WireForm.OpenAi, message, path, [result]) { IsIrregular = isFunction || result.CallId is null || result.Content is null };
    }

    private static void ReadCalls(JsonElement message, FieldPath path, List<ContentPart> parts, FaultSink faults)
    {
        var list = FieldReader.Read(message, path, "tool_calls", JsonValueKind.Array, "an array", faults);
        var index = 0;
        foreach (var call in list?.EnumerateArray() ?? default)
        {
            if (!ReadCall(call, path.Member("tool_calls").Item(index++), parts, faults))
            {
                return;
            }
        }
    }

    private static bool ReadCall(JsonElement call, FieldPath path, List<ContentPart> parts, FaultSink faults)
    {
        if (call.ValueKind is not JsonValueKind.Object)
        {
            return faults.Expected(path, "an object", call);
        }

        var type = FieldReader.ReadString(call, path, "type", faults) ?? "function";
        if (type != "function")
        {
            parts.Add(new OpaquePart(WireForm.OpenAi, call, path, type, IsCall: true));
            return true;
        }

        if (FieldReader.Find(call, "function") is not { ValueKind: JsonValueKind.Object } function)
        {
            return faults.Fail(path.Member("function"), "expected an object with name and arguments.");
        }

        if (ReadFunction(call, path, function, path.Member("function"), faults) is not { } part)
        {
            return false;
        }

        parts.Add(part with { Id = FieldReader.ReadString(call, path, "id", faults), ThoughtSignature = SignatureOf(call, function) });
        return true;
    }

    private static bool ReadLegacyCall(JsonElement message, FieldPath path, List<ContentPart> parts, FaultSink faults)
    {
        var call = FieldReader.Read(message, path, "function_call", JsonValueKind.Object, "an object", faults);
        if (call is not { } function || parts.Exists(static part => part is ToolCallPart))
        {
            return call is not null;
        }

        if (ReadFunction(function, path.Member("function_call"), function, path.Member("function_call"), faults) is { } part)
        {
            parts.Add(part);
        }

        return true;
    }

    private static ToolCallPart? ReadFunction(JsonElement call, FieldPath path, JsonElement function, FieldPath functionPath, FaultSink faults)
    {
        var arguments = FieldReader.Find(function, "arguments");
        if (FieldReader.ReadString(function, functionPath, "name", faults) is not { } name)
        {
            faults.Fail(functionPath.Member("name"), "expected the function's name.");
            return null;
        }

        if (arguments is { ValueKind: not (JsonValueKind.String or JsonValueKind.Object) } wrong)
        {
            faults.Expected(functionPath.Member("arguments"), "a string or an object", wrong);
            return null;
        }

        return new ToolCallPart(WireForm.OpenAi, call, path, name) { Arguments = arguments };
    }

    // Google's own OpenAI endpoint, Gemini's part and Portkey each keep it elsewhere.
    private static JsonElement? SignatureOf(JsonElement call, JsonElement function)
    {
        if (call.TryGetProperty("extra_content"u8, out var extra) && extra.ValueKind is JsonValueKind.Object
            && extra.TryGetProperty("google"u8, out var google) && google.ValueKind is JsonValueKind.Object
            && FieldReader.Find(google, "thought_signature") is { ValueKind: JsonValueKind.String } nested)
        {
            return nested;
        }

        var signature = FieldReader.Find(call, "thoughtSignature") ?? FieldReader.Find(call, "thought_signature")
            ?? FieldReader.Find(function, "thoughtSignature") ?? FieldReader.Find(function, "thought_signature");
        return signature is { ValueKind: JsonValueKind.String } ? signature : null;
    }
}
