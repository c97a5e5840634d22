using System.Buffers;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Writes a request anew with more in its <c>payload</c>; what the caller wrote stays as it is.</summary>
internal static class PayloadAddition
{
    public static ReadOnlyMemory<byte> Write(JsonElement root, IReadOnlyList<KeyValuePair<string, string>> defaults, IReadOnlyList<JsonElement> earlier)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json, JsonCopy.WriterOptions);
        writer.WriteStartObject();
        foreach (var member in root.EnumerateObject())
        {
            if (member.NameEquals("payload"u8) && member.Value.ValueKind is JsonValueKind.Object)
            {
                writer.WritePropertyName("payload"u8);
                WritePayload(writer, member.Value, defaults, earlier);
            }
            else
            {
                JsonCopy.Write(writer, member);
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }

    private static void WritePayload(Utf8JsonWriter writer, JsonElement payload, IReadOnlyList<KeyValuePair<string, string>> defaults, IReadOnlyList<JsonElement> earlier)
    {
        writer.WriteStartObject();
        foreach (var member in payload.EnumerateObject().Where(member => FieldReader.Find(payload, member.Name) is not null))
        {
            if (member.NameEquals("messages"u8) && member.Value.ValueKind is JsonValueKind.Array)
            {
                WriteMessages(writer, [.. earlier, .. member.Value.EnumerateArray()]);
            }
            else
            {
                JsonCopy.Write(writer, member);
            }
        }

        foreach (var (name, value) in defaults.Where(field => FieldReader.Find(payload, field.Key) is null))
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(value);
        }

        writer.WriteEndObject();
    }

    private static void WriteMessages(Utf8JsonWriter writer, JsonElement[] messages)
    {
        writer.WriteStartArray("messages"u8);
        foreach (var message in messages)
        {
            JsonCopy.Write(writer, message);
        }

        writer.WriteEndArray();
    }
}
