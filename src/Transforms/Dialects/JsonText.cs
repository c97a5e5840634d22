using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>JSON inside strings, and strings that are too big to decode for nothing.</summary>
internal static class JsonText
{
    /// <summary>The text of a JSON string as UTF-8: a slice of the request where it holds no escapes.</summary>
    public static ReadOnlySpan<byte> Unescape(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        if (!raw.Contains((byte)'\\'))
        {
            return raw[1..^1];
        }

        var reader = new Utf8JsonReader(raw);
        reader.Read();
        var plain = new byte[raw.Length];
        return plain.AsSpan(0, reader.CopyString(plain));
    }

    /// <summary>Parses a JSON string that should hold an object; null where it does not.</summary>
    public static JsonDocument? ParseObject(JsonElement text)
    {
        var json = Unescape(text).Trim(" \t\r\n"u8);
        return json.Length > 0 && json[0] == '{' && LenientJson.TryParse(json.ToArray(), out var document, out _) ? document : null;
    }

    /// <summary>Writes a value as the JSON text of itself, in a string.</summary>
    public static void WriteAsString(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement value)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var inner = new Utf8JsonWriter(text, JsonCopy.WriterOptions))
        {
            JsonCopy.Write(inner, value);
        }

        writer.WriteString(name, text.WrittenSpan);
    }

    /// <summary>Writes several JSON strings as one, their escapes as they stand.</summary>
    public static void WriteJoined(Utf8JsonWriter writer, IReadOnlyList<JsonElement> texts)
    {
        if (texts.Count == 1)
        {
            JsonCopy.Write(writer, texts[0]);
            return;
        }

        var joined = new ArrayBufferWriter<byte>();
        joined.Write("\""u8);
        foreach (var text in texts)
        {
            joined.Write(JsonMarshal.GetRawUtf8Value(text)[1..^1]);
        }

        joined.Write("\""u8);
        writer.WriteRawValue(joined.WrittenSpan, skipInputValidation: true);
    }

    /// <summary>The texts of a tool's result where it consists of nothing else; null where it holds more.</summary>
    public static IReadOnlyList<JsonElement>? TextsOf(JsonElement parts)
    {
        var texts = new List<JsonElement>();
        foreach (var part in parts.EnumerateArray())
        {
            if (part.ValueKind is not JsonValueKind.Object || !part.TryGetProperty("text"u8, out var text) || text.ValueKind is not JsonValueKind.String)
            {
                return null;
            }

            texts.Add(text);
        }

        return texts;
    }
}
