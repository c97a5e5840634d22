using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>
/// Writes <c>thinkingConfig</c>: the caller's own, or what <c>reasoning_effort</c> means to the model. Models that do not think refuse the field.
/// </summary>
internal static class GeminiThinkingWriter
{
    private const int SmallestProBudget = 128;

    public static void Write(Utf8JsonWriter writer, ChatParameters parameters, GeminiModel model)
    {
        if (parameters.ReasoningEffort is not { } effort)
        {
            WriteOwn(writer, parameters.GenerationConfig);
        }
        else if (model.HasSignatures && Level(effort, model) is { } level)
        {
            writer.WriteStartObject("thinkingConfig"u8);
            writer.WriteString("thinkingLevel"u8, level);
            writer.WriteEndObject();
        }
        else if (model.HasThinkingBudget && Budget(effort, model) is { } budget)
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

    private static string? Level(string effort, GeminiModel model) => effort switch
    {
        "none" or "minimal" => model.HasMinimalLevel ? "MINIMAL" : "LOW",
        "low" => "LOW",
        "medium" => "MEDIUM",
        "high" or "xhigh" or "max" => "HIGH",
        _ => null,
    };

    private static int? Budget(string effort, GeminiModel model) => effort switch
    {
        "none" => model.IsPro ? SmallestProBudget : 0,
        "minimal" => 512,
        "low" => 1024,
        "medium" => 8192,
        "high" or "xhigh" or "max" => 24576,
        _ => null,
    };
}
