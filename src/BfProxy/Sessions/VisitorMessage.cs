using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Sessions;

/// <summary>Reads <c>message</c>: a string, as old widgets send it, or an object with a type.</summary>
internal static class VisitorMessage
{
    private const string Name = "message";

    /// <summary>Long answers of models come back in it, too.</summary>
    public const int MaxLength = 512 * 1024;

    /// <summary>Reads the text; null where there is none.</summary>
    public static bool TryRead(JsonElement root, out string? text, out BfError? refusal)
    {
        text = null;
        refusal = null;
        if (!root.TryGetProperty(Name, out var message) || message.ValueKind is JsonValueKind.Null)
        {
            return true;
        }

        switch (message.ValueKind)
        {
            case JsonValueKind.String:
                text = message.GetString();
                break;
            case JsonValueKind.Object:
                refusal = ReadObject(message, out text);
                break;
            default:
                refusal = SessionRefusal.BadField(Name, "expected a string, or an object with type 'text'");
                break;
        }

        if (text?.Length > MaxLength)
        {
            refusal = SessionRefusal.BadField(Name, $"expected at most {MaxLength} characters");
        }

        return refusal is null;
    }

    private static BfError? ReadObject(JsonElement message, out string? text)
    {
        text = null;
        if (!message.TryGetProperty("type", out var type) || type.ValueKind is not JsonValueKind.String || !type.ValueEquals("text"))
        {
            return SessionRefusal.BadField("message.type", "expected 'text'; this bot reads neither sound nor commands");
        }

        if (message.TryGetProperty("attachedFileUrls", out var files) && files.ValueKind is JsonValueKind.Array && files.GetArrayLength() > 0)
        {
            return SessionRefusal.BadField("message.attachedFileUrls", "this bot reads text only");
        }

        if (!message.TryGetProperty("text", out var value) || value.ValueKind is not JsonValueKind.String)
        {
            return SessionRefusal.BadField("message.text", "expected a string");
        }

        text = value.GetString();
        return null;
    }
}
