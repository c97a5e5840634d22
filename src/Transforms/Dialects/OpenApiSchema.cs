using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>Gemini's schemas follow OpenAPI 3.0 with types in capitals; JSON Schema has the same types in small letters.</summary>
internal static class OpenApiSchema
{
    /// <summary>Copies a schema, its type names in small letters.</summary>
    public static void WriteAsJsonSchema(Utf8JsonWriter writer, JsonElement schema)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, schema);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in schema.EnumerateArray())
                {
                    WriteAsJsonSchema(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                JsonCopy.Write(writer, schema);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement schema)
    {
        writer.WriteStartObject();
        foreach (var member in schema.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (member.NameEquals("type"u8) && member.Value.ValueKind is JsonValueKind.String && TypeName(member.Value.GetString()!) is { } type)
            {
                writer.WriteStringValue(type);
            }
            else
            {
                WriteAsJsonSchema(writer, member.Value);
            }
        }

        writer.WriteEndObject();
    }

    private static string? TypeName(string type) => type switch
    {
        "OBJECT" => "object",
        "ARRAY" => "array",
        "STRING" => "string",
        "NUMBER" => "number",
        "INTEGER" => "integer",
        "BOOLEAN" => "boolean",
        "NULL" => "null",
        _ => null,
    };
}
