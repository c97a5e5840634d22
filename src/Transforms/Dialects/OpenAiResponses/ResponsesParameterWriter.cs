using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>Writes the settings of the answer. What Responses have no field for (seed, stop, n, penalties) is left out.</summary>
internal static class ResponsesParameterWriter
{
    public static void Write(Utf8JsonWriter writer, ChatRequest request, ModelTraits traits)
    {
        var parameters = request.Parameters;
        WriteValue(writer, "max_output_tokens"u8, parameters.MaxTokens);
        WriteValue(writer, "temperature"u8, parameters.Temperature);
        WriteValue(writer, "top_p"u8, parameters.TopP);
        WriteReasoning(writer, request, traits);
        WriteText(writer, request);
    }

    // Nothing is stored, so what a reasoning model thought has to come back with its calls; other models refuse to be asked for it.
    private static void WriteReasoning(Utf8JsonWriter writer, ChatRequest request, ModelTraits traits)
    {
        if (request.Conversation is null && AskedEffort.Reasons(request.Parameters, traits))
        {
            writer.WriteStartArray("include"u8);
            writer.WriteStringValue("reasoning.encrypted_content"u8);
            writer.WriteEndArray();
        }

        if (FieldReader.Find(request.Payload, "reasoning") is { ValueKind: JsonValueKind.Object } own)
        {
            JsonCopy.Write(writer, "reasoning"u8, own);
        }
        else if (AskedEffort.Of(request.Parameters, traits) is { } effort)
        {
            writer.WriteStartObject("reasoning"u8);
            writer.WriteString("effort"u8, effort);
            writer.WriteEndObject();
        }
    }

    private static void WriteText(Utf8JsonWriter writer, ChatRequest request)
    {
        if (FieldReader.Find(request.Payload, "text") is { ValueKind: JsonValueKind.Object } own)
        {
            JsonCopy.Write(writer, "text"u8, own);
            return;
        }

        var format = AnswerFormat.Of(request.Parameters);
        var verbosity = FieldReader.Find(request.Payload, "verbosity");
        if (format is null && verbosity is null)
        {
            return;
        }

        writer.WriteStartObject("text"u8);
        WriteValue(writer, "verbosity"u8, verbosity);
        if (format is not null)
        {
            writer.WriteStartObject("format"u8);
            WriteFormat(writer, format);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    // The name and the rest of Chat Completions' own object stand beside the schema here.
    private static void WriteFormat(Utf8JsonWriter writer, AnswerFormat format)
    {
        writer.WriteString("type"u8, format.Schema is null ? "json_object"u8 : "json_schema"u8);
        if (format.Schema is null)
        {
            return;
        }

        if (format.Named is null || FieldReader.Find(format.Named.Value, "name") is null)
        {
            writer.WriteString("name"u8, "response"u8);
        }

        foreach (var member in format.Named?.EnumerateObject() ?? default)
        {
            if (!member.NameEquals("schema"u8))
            {
                JsonCopy.Write(writer, member);
            }
        }

        writer.WritePropertyName("schema"u8);
        format.WriteSchema(writer);
    }

    private static void WriteValue(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement? value)
    {
        if (value is { } given)
        {
            JsonCopy.Write(writer, name, given);
        }
    }
}
