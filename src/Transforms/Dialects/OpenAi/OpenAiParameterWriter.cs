using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>Writes the settings of the answer under the names that today's models accept.</summary>
internal static class OpenAiParameterWriter
{
    public static void Write(Utf8JsonWriter writer, ChatRequest request, ModelTraits traits)
    {
        var parameters = request.Parameters;
        WriteValue(writer, traits, "max_completion_tokens", parameters.MaxTokens);
        WriteValue(writer, traits, "temperature", parameters.Temperature);
        WriteValue(writer, traits, "top_p", parameters.TopP);
        WriteValue(writer, traits, "seed", parameters.Seed);
        WriteValue(writer, traits, "stop", parameters.Stop);
        WriteValue(writer, traits, "n", parameters.Count);
        WriteValue(writer, traits, "presence_penalty", parameters.PresencePenalty);
        WriteValue(writer, traits, "frequency_penalty", parameters.FrequencyPenalty);
        if (AskedEffort.Of(parameters, traits) is { } effort)
        {
            writer.WriteString("reasoning_effort"u8, effort);
        }

        if (parameters.ResponseFormat is { } given)
        {
            JsonCopy.Write(writer, "response_format"u8, given);
        }
        else if (AnswerFormat.Of(parameters) is { } format)
        {
            WriteFormat(writer, format);
        }
    }

    private static void WriteFormat(Utf8JsonWriter writer, AnswerFormat format)
    {
        writer.WriteStartObject("response_format"u8);
        writer.WriteString("type"u8, format.Schema is null ? "json_object"u8 : "json_schema"u8);
        if (format.Schema is not null)
        {
            writer.WriteStartObject("json_schema"u8);
            writer.WriteString("name"u8, "response"u8);
            writer.WritePropertyName("schema"u8);
            format.WriteSchema(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, ModelTraits traits, string name, JsonElement? value)
    {
        if (value is { } given)
        {
            writer.WritePropertyName(traits.Rename?.GetValueOrDefault(name, name) ?? name);
            JsonCopy.Write(writer, given);
        }
    }
}
