using System.Text.Json;

namespace BfProxy.Assistants;

/// <summary>Ids that callers send; they reach the provider's paths and our keys.</summary>
internal static class ThreadId
{
    private const int MaxLength = 128;

    /// <summary>Reads an id. False where it is there and is none; null where it is absent.</summary>
    public static bool TryRead(JsonElement parent, string name, out string? id)
    {
        id = null;
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        var text = value.GetString()!;
        id = text.Length == 0 ? null : text;
        return text.Length <= MaxLength && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
    }
}
