using System.Buffers;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Writes a value anew with the last of duplicate keys only, numbers and strings as they stand.</summary>
internal static class DuplicateKeys
{
    public static ReadOnlyMemory<byte> Remove(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions))
        {
            Write(writer, value);
        }

        return output.WrittenMemory;
    }

    // As deep as the parser allowed.
    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object)
        {
            WriteObject(writer, value);
        }
        else if (value.ValueKind is JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray())
            {
                Write(writer, item);
            }

            writer.WriteEndArray();
        }
        else
        {
            JsonCopy.Write(writer, value);
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement value)
    {
        var last = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            last[member.Name] = member.Value;
        }

        writer.WriteStartObject();
        foreach (var (name, member) in last)
        {
            writer.WritePropertyName(name);
            Write(writer, member);
        }

        writer.WriteEndObject();
    }
}
