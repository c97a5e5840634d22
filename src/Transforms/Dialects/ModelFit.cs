using System.Globalization;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>Fits a request to a model: leaves out, lowers and rewords what the model would refuse.</summary>
internal static class ModelFit
{
    /// <summary>The request as the model takes it.</summary>
    /// <returns>Null where the model cannot be asked; <paramref name="faults"/> has the field.</returns>
    public static ChatRequest? Apply(ChatRequest request, ModelTraits traits, FaultSink faults)
    {
        var hasFunctions = request.Tools.Any(static tool => tool.Name is not null);
        if (hasFunctions && traits.Tools == false)
        {
            faults.Fail(request.Tools[0].Path, "this model takes no tools.");
            return null;
        }

        var parameters = request.Parameters;
        if (hasFunctions && AskedEffort.Of(parameters) is null && traits.EffortWithTools is { } effort)
        {
            parameters = parameters with { ReasoningEffort = effort };
        }

        var isForced = traits.ForcedTools == false && request.ToolChoice is { Mode: ToolChoiceMode.Required };
        var fitted = request.With(Fit(parameters, traits));
        return isForced ? ForcedInWords(fitted) : fitted;
    }

    /// <summary>Whether a field is to be left out, by its name in OpenAI's requests.</summary>
    public static bool Drops(ModelTraits traits, ChatParameters parameters, string field) =>
        traits.Drop?.Contains(field, StringComparer.Ordinal) == true
        || (traits.DropWhileReasoning?.Contains(field, StringComparer.Ordinal) == true && AskedEffort.Reasons(parameters, traits));

    private static ChatParameters Fit(ChatParameters parameters, ModelTraits traits)
    {
        var taken = traits.OneOf?.FirstOrDefault(field => ValueOf(parameters, field) is not null);
        return parameters with
        {
            MaxTokens = AtLeast(Keep("max_tokens", parameters.MaxTokens), traits.MinTokens),
            Temperature = AtMost(Keep("temperature", parameters.Temperature), traits.MaxTemperature),
            TopP = Keep("top_p", parameters.TopP),
            TopK = Keep("top_k", parameters.TopK),
            Seed = Keep("seed", parameters.Seed),
            Stop = Keep("stop", parameters.Stop),
            Count = Keep("n", parameters.Count),
            PresencePenalty = Keep("presence_penalty", parameters.PresencePenalty),
            FrequencyPenalty = Keep("frequency_penalty", parameters.FrequencyPenalty),
            ResponseFormat = Keep("response_format", parameters.ResponseFormat),
            ReasoningEffort = Drops(traits, parameters, "reasoning_effort") ? null : parameters.ReasoningEffort,
            ParallelToolCalls = Drops(traits, parameters, "parallel_tool_calls") ? null : parameters.ParallelToolCalls,
        };

        JsonElement? Keep(string field, JsonElement? value)
        {
            var isOther = traits.OneOf?.Contains(field, StringComparer.Ordinal) == true && field != taken;
            return isOther || Drops(traits, parameters, field) ? null : value;
        }
    }

    private static JsonElement? ValueOf(ChatParameters parameters, string field) => field switch
    {
        "temperature" => parameters.Temperature,
        "top_p" => parameters.TopP,
        "top_k" => parameters.TopK,
        _ => null,
    };

    private static JsonElement? AtMost(JsonElement? value, double? limit) =>
        value is { } given && limit is { } most && given.TryGetDouble(out var number) && number > most ? Number(most) : value;

    private static JsonElement? AtLeast(JsonElement? value, int? limit) =>
        value is { } given && limit is { } least && given.TryGetDouble(out var number) && number < least ? Number(least) : value;

    private static JsonElement Number(double value) => MadeJson.Parse(value.ToString(CultureInfo.InvariantCulture));

    // The model decides, but it is told what is wanted.
    private static ChatRequest ForcedInWords(ChatRequest request)
    {
        var choice = request.ToolChoice!;
        var wanted = choice.Names.Count == 0 ? "one of the tools" : $"the tool {string.Join(" or ", choice.Names)}";
        var words = MadeJson.Text($"Call {wanted} before you answer.");
        var instruction = new ChatMessage(
            ChatRole.System, WireForm.Gemini, words, choice.Path, [new TextPart(WireForm.Gemini, words, choice.Path, words)]);
        return request.With([.. request.Messages, instruction], choice with { Mode = ToolChoiceMode.Auto, Source = default });
    }
}
