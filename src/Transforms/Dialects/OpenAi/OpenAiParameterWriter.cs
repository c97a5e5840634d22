using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>Writes the settings of the answer under the names that today's models accept.</summary>
internal static class OpenAiParameterWriter
{
    // Chat Completions refuses function tools on these unless reasoning is off, which their default is not.
    private static readonly string[] ReasoningRefusesTools = ["gpt-5.5", "gpt-5.6"];

    public static void Write(Utf8JsonWriter writer, ChatRequest request, string model)
    {
        var parameters = request.Parameters;
        WriteValue(writer, "max_completion_tokens"u8, parameters.MaxTokens);
        WriteValue(writer, "temperature"u8, parameters.Temperature);
        WriteValue(writer, "top_p"u8, parameters.TopP);
        WriteValue(writer, "seed"u8, parameters.Seed);
        WriteValue(writer, "stop"u8, parameters.Stop);
        WriteValue(writer, "n"u8, parameters.Count);
        WriteValue(writer, "presence_penalty"u8, parameters.PresencePenalty);
        WriteValue(writer, "frequency_penalty"u8, parameters.FrequencyPenalty);
        if (Effort(request, model) is { } effort)
        {
            writer.WriteString("reasoning_effort"u8, effort);
        }

        if (parameters.ResponseFormat is { } format)
        {
            JsonCopy.Write(writer, "response_format"u8, format);
        }
        else if (parameters.GenerationConfig is { } config)
        {
            WriteFormat(writer, config);
        }
    }

    private static string? Effort(ChatRequest request, string model)
    {
        if (request.Parameters.ReasoningEffort is { } asked)
        {
            return asked;
        }

        if (request.Parameters.GenerationConfig is { } config
            && Any(config, "thinkingConfig", "thinking_config") is { ValueKind: JsonValueKind.Object } thinking
            && Any(thinking, "thinkingLevel", "thinking_level") is { ValueKind: JsonValueKind.String } level)
        {
            return level.GetString()!.ToLowerInvariant();
        }

        return request.Tools.Any(static tool => tool.Name is not null)
            && Array.Exists(ReasoningRefusesTools, prefix => model.StartsWith(prefix, StringComparison.Ordinal))
                ? "none"
                : null;
    }

    private static void WriteFormat(Utf8JsonWriter writer, JsonElement config)
    {
        var jsonSchema = Any(config, "responseJsonSchema", "response_json_schema");
        var schema = jsonSchema ?? Any(config, "responseSchema", "response_schema");
        var isJson = Any(config, "responseMimeType", "response_mime_type") is { ValueKind: JsonValueKind.String } mime && mime.ValueEquals("application/json"u8);
        if (schema is null && !isJson)
        {
            return;
        }

        writer.WriteStartObject("response_format"u8);
        writer.WriteString("type"u8, schema is null ? "json_object"u8 : "json_schema"u8);
        if (schema is { } shape)
        {
            writer.WriteStartObject("json_schema"u8);
            writer.WriteString("name"u8, "response"u8);
            writer.WritePropertyName("schema"u8);
            OpenApiSchema.WriteAsJsonSchema(writer, shape);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static JsonElement? Any(JsonElement parent, string camelCase, string snakeCase) =>
        FieldReader.Find(parent, camelCase) ?? FieldReader.Find(parent, snakeCase);

    private static void WriteValue(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement? value)
    {
        if (value is { } given)
        {
            JsonCopy.Write(writer, name, given);
        }
    }
}
