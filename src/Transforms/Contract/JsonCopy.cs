using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>
/// Copies JSON of a caller token by token: numbers and strings as their own bytes, comments and trailing commas dropped. Names are
/// written anew where they hold escapes.
/// </summary>
internal static class JsonCopy
{
    public const int MaxDepth = 128;

    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static readonly JsonReaderOptions ReaderOptions = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 2 * MaxDepth,
    };

    /// <summary>Copies a value with everything in it.</summary>
    public static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        var source = JsonMarshal.GetRawUtf8Value(value);
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            writer.WriteRawValue(source, skipInputValidation: true);
            return;
        }

        var reader = new Utf8JsonReader(source, ReaderOptions);
        while (reader.Read())
        {
            WriteToken(writer, ref reader, source);
        }
    }

    /// <summary>Copies a member, name and value.</summary>
    public static void Write(Utf8JsonWriter writer, JsonProperty member)
    {
        writer.WritePropertyName(member.Name);
        Write(writer, member.Value);
    }

    /// <summary>Copies a value under a name of ours.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement value)
    {
        writer.WritePropertyName(name);
        Write(writer, value);
    }

    private static void WriteToken(Utf8JsonWriter writer, ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName when reader.ValueIsEscaped:
                writer.WritePropertyName(reader.GetString()!);
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(reader.ValueSpan);
                break;
            case JsonTokenType.String:
                writer.WriteRawValue(source.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2), skipInputValidation: true);
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }
}
