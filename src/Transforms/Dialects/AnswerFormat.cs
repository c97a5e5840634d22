using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>The form that a request wants its answer in: JSON of any shape, or JSON that fits a schema.</summary>
/// <param name="Schema">JSON Schema, or Gemini's OpenAPI subset; null for any shape.</param>
/// <param name="IsOpenApi">Whether it is the latter.</param>
/// <param name="Named">OpenAI's object around the schema, with its name; null where it came from elsewhere.</param>
internal sealed record AnswerFormat(JsonElement? Schema, bool IsOpenApi, JsonElement? Named)
{
    /// <summary>What <c>response_format</c>, else <c>generationConfig</c>, asks for; null for plain text.</summary>
    public static AnswerFormat? Of(ChatParameters parameters) =>
        parameters.ResponseFormat is { } format ? OfFormat(format) : parameters.GenerationConfig is { } config ? OfConfig(config) : null;

    /// <summary>Writes the schema as JSON Schema.</summary>
    public void WriteSchema(Utf8JsonWriter writer)
    {
        if (IsOpenApi)
        {
            OpenApiSchema.WriteAsJsonSchema(writer, Schema!.Value);
        }
        else
        {
            JsonCopy.Write(writer, Schema!.Value);
        }
    }

    private static AnswerFormat? OfFormat(JsonElement format)
    {
        var type = FieldReader.Find(format, "type") is { ValueKind: JsonValueKind.String } word ? word.GetString() : null;
        var named = FieldReader.Find(format, "json_schema") is { ValueKind: JsonValueKind.Object } given ? given : default(JsonElement?);
        return type switch
        {
            "json_object" => new AnswerFormat(Schema: null, IsOpenApi: false, Named: null),
            "json_schema" => new AnswerFormat(named is { } holder ? FieldReader.Find(holder, "schema") : null, IsOpenApi: false, named),
            _ => null,
        };
    }

    private static AnswerFormat? OfConfig(JsonElement config)
    {
        var jsonSchema = GenerationField.Find(config, "responseJsonSchema", "response_json_schema");
        var schema = jsonSchema ?? GenerationField.Find(config, "responseSchema", "response_schema");
        var isJson = GenerationField.Find(config, "responseMimeType", "response_mime_type") is { ValueKind: JsonValueKind.String } mime
            && mime.ValueEquals("application/json"u8);
        return schema is null && !isJson ? null : new AnswerFormat(schema, jsonSchema is null, Named: null);
    }
}
