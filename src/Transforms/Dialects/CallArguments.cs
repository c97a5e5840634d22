using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>Arguments of an earlier call, for providers that take the object itself where OpenAI takes its text.</summary>
internal static class CallArguments
{
    /// <summary>Writes the object; an empty one where the call had no arguments. Text that holds no object is a fault.</summary>
    public static void WriteObject(Utf8JsonWriter writer, ToolCallPart call, FaultSink faults)
    {
        if (call.Arguments is { ValueKind: JsonValueKind.Object } given)
        {
            JsonCopy.Write(writer, given);
            return;
        }

        if (call.Arguments is not { } text || JsonText.Unescape(text).Trim(" \t\r\n"u8).IsEmpty)
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
            return;
        }

        using var parsed = JsonText.ParseObject(text);
        if (parsed is null)
        {
            var function = call.Path.Member(call.Source.TryGetProperty("function"u8, out _) ? "function.arguments" : "arguments");
            faults.Fail(function, "expected the JSON text of an object.");
            writer.WriteNullValue();
            return;
        }

        JsonCopy.Write(writer, parsed.RootElement);
    }

    /// <summary>Writes the member <c>arguments</c> as OpenAI has it: the JSON text of an object, <c>{}</c> where the call had none.</summary>
    public static void WriteText(Utf8JsonWriter writer, JsonElement? arguments)
    {
        switch (arguments)
        {
            case null:
                writer.WriteString("arguments"u8, "{}"u8);
                break;
            case { ValueKind: JsonValueKind.String } text:
                JsonCopy.Write(writer, "arguments"u8, text);
                break;
            case { } value:
                JsonText.WriteAsString(writer, "arguments"u8, value);
                break;
        }
    }
}
