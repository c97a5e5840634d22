using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>Writes the settings of the answer. What Anthropic has no word for (seed, n, penalties) is left out.</summary>
internal static class AnthropicParameterWriter
{
    public static void Write(Utf8JsonWriter writer, ChatRequest request, ModelTraits traits)
    {
        var parameters = request.Parameters;
        WriteValue(writer, "temperature"u8, parameters.Temperature);
        WriteValue(writer, "top_p"u8, parameters.TopP);
        WriteValue(writer, "top_k"u8, parameters.TopK);
        WriteStop(writer, parameters.Stop);
        WriteOutput(writer, parameters, traits);
        WriteValue(writer, "thinking"u8, FieldReader.Find(request.Payload, "thinking"));
        WriteUser(writer, request.Payload);
    }

    /// <summary>Whether a JSON answer has to be asked for in words, because the model cannot be held to it.</summary>
    public static AnswerFormat? FormatInWords(ChatParameters parameters, ModelTraits traits) =>
        AnswerFormat.Of(parameters) is { } format && (format.Schema is null || traits.Schemas != true) ? format : null;

    private static void WriteStop(Utf8JsonWriter writer, JsonElement? stop)
    {
        if (stop is { ValueKind: JsonValueKind.String } single)
        {
            writer.WriteStartArray("stop_sequences"u8);
            JsonCopy.Write(writer, single);
            writer.WriteEndArray();
        }
        else
        {
            WriteValue(writer, "stop_sequences"u8, stop);
        }
    }

    private static void WriteOutput(Utf8JsonWriter writer, ChatParameters parameters, ModelTraits traits)
    {
        var effort = traits.Thinking == "effort" ? AskedEffort.Of(parameters, traits) : null;
        var format = FormatInWords(parameters, traits) is null ? AnswerFormat.Of(parameters) : null;
        if (effort is null && format is null)
        {
            return;
        }

        writer.WriteStartObject("output_config"u8);
        if (effort is not null)
        {
            writer.WriteString("effort"u8, effort);
        }

        if (format is not null)
        {
            writer.WriteStartObject("format"u8);
            writer.WriteString("type"u8, "json_schema"u8);
            writer.WritePropertyName("schema"u8);
            format.WriteSchema(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    // Anthropic knows one thing about the caller's user: an id that tells abuse apart.
    private static void WriteUser(Utf8JsonWriter writer, JsonElement payload)
    {
        var metadata = FieldReader.Find(payload, "metadata") is { ValueKind: JsonValueKind.Object } given ? given : default;
        var user = metadata.ValueKind is JsonValueKind.Object ? FieldReader.Find(metadata, "user_id") : null;
        user ??= FieldReader.Find(payload, "safety_identifier") ?? FieldReader.Find(payload, "user");
        if (user is { ValueKind: JsonValueKind.String } id)
        {
            writer.WriteStartObject("metadata"u8);
            JsonCopy.Write(writer, "user_id"u8, id);
            writer.WriteEndObject();
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement? value)
    {
        if (value is { } given)
        {
            JsonCopy.Write(writer, name, given);
        }
    }
}
