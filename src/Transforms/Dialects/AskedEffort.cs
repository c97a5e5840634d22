using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>How hard a request wants the model to reason, in OpenAI's words.</summary>
internal static class AskedEffort
{
    public const string None = "none";

    /// <summary>The effort asked for, as <c>reasoning_effort</c> or as Gemini's thinking level; null where the request says nothing.</summary>
    public static string? Of(ChatParameters parameters)
    {
        if (parameters.ReasoningEffort is { } asked)
        {
            return asked;
        }

        return parameters.GenerationConfig is { } config
            && GenerationField.Find(config, "thinkingConfig", "thinking_config") is { ValueKind: JsonValueKind.Object } thinking
            && GenerationField.Find(thinking, "thinkingLevel", "thinking_level") is { ValueKind: JsonValueKind.String } level
                ? level.GetString()!.ToLowerInvariant()
                : null;
    }

    /// <summary>The effort asked for as the model calls it; null where nothing is to be sent.</summary>
    public static string? Of(ChatParameters parameters, ModelTraits traits) => Of(parameters) is { } asked ? Translate(asked, traits) : null;

    /// <summary>An effort as the model calls it; null where nothing is to be sent.</summary>
    public static string? Translate(string asked, ModelTraits traits)
    {
        var word = traits.Efforts?.GetValueOrDefault(asked, asked) ?? asked;
        return word.Length == 0 ? null : word;
    }

    /// <summary>Whether the model reasons about a request with these parameters.</summary>
    public static bool Reasons(ChatParameters parameters, ModelTraits traits) => (Of(parameters) ?? traits.DefaultEffort ?? None) != None;
}
