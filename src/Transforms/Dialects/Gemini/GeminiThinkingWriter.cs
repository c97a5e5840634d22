using System.Globalization;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>
/// Writes <c>thinkingConfig</c>: the caller's own, or what <c>reasoning_effort</c> means to the model. Models that do not think refuse the field.
/// </summary>
internal static class GeminiThinkingWriter
{
    public static void Write(Utf8JsonWriter writer, ChatParameters parameters, ModelTraits traits)
    {
        if (parameters.ReasoningEffort is not { } effort)
        {
            WriteOwn(writer, parameters.GenerationConfig);
        }
        else if (AskedEffort.Translate(effort, traits) is { } word)
        {
            WriteEffort(writer, word, traits.Thinking);
        }
    }

    private static void WriteEffort(Utf8JsonWriter writer, string word, string? thinking)
    {
        if (thinking == "level")
        {
            writer.WriteStartObject("thinkingConfig"u8);
            writer.WriteString("thinkingLevel"u8, word);
            writer.WriteEndObject();
        }
        else if (thinking == "budget" && int.TryParse(word, CultureInfo.InvariantCulture, out var budget))
        {
            writer.WriteStartObject("thinkingConfig"u8);
            writer.WriteNumber("thinkingBudget"u8, budget);
            writer.WriteEndObject();
        }
    }

    private static void WriteOwn(Utf8JsonWriter writer, JsonElement? config)
    {
        if (config is { } given && (FieldReader.Find(given, "thinkingConfig") ?? FieldReader.Find(given, "thinking_config")) is { } thinking)
        {
            JsonCopy.Write(writer, "thinkingConfig"u8, thinking);
        }
    }
}
