using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>
/// The uniform chat request, validated and provider-neutral. Its values point into the <see cref="BfEnvelope"/> that it was read from
/// and live as long as that.
/// </summary>
public sealed class ChatRequest
{
    internal ChatRequest()
    {
    }

    /// <summary>Name of the action that events are for, or <see langword="null"/>.</summary>
    public string? ActionName { get; internal init; }

    /// <summary>Names of the channels, trimmed and distinct; not empty for a stream, at most 100.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>The provider asked for, in lower case; <c>openai</c> where none was named.</summary>
    public required string Provider { get; init; }

    /// <summary>The caller's own key for the provider, or <see langword="null"/>.</summary>
    public string? ProviderKey { get; internal init; }

    /// <summary>Whether the answer goes to the channels.</summary>
    public bool Stream { get; internal init; }

    /// <summary>Alias or real name of the model, safe in a path; <see langword="null"/> where the default is meant.</summary>
    public string? Model { get; internal init; }

    /// <summary>Whether the request offered tools as OpenAI's deprecated <c>functions</c>, so that its answer uses <c>function_call</c>.</summary>
    public bool UsesFunctions { get; internal init; }

    /// <summary>The conversation that the provider keeps and goes on with, or <see langword="null"/>. Then only what is new is sent.</summary>
    public string? Conversation { get; private init; }

    /// <summary>The <c>payload</c> object as the caller wrote it.</summary>
    public required JsonElement Payload { get; init; }

    /// <summary>
    /// The turns in order, tool calls and their results linked. What <c>instructions</c>, <c>system</c> and <c>systemInstruction</c> say
    /// stands before the caller's messages, as system turns.
    /// </summary>
    internal IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    internal IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>Null where nothing was said or no tools are offered.</summary>
    internal ToolChoice? ToolChoice { get; init; }

    internal ChatParameters Parameters { get; init; } = new();

    /// <summary>Fields merged last into the provider's body, an object.</summary>
    internal JsonElement? ProviderArgs { get; init; }

    /// <summary>Names of the functions that the request offers to the model.</summary>
    public IEnumerable<string> ToolNames => Tools.Select(static tool => tool.Name).OfType<string>();

    /// <summary>
    /// The request for the next round of a conversation with tools: the same, with what was said and done since. A call that the request forces is forced in
    /// the first round alone, since the model could not come to an end else.
    /// </summary>
    /// <param name="rounds">All rounds so far, in order.</param>
    /// <param name="mayCall">Whether the model may call tools again; where not, it is to answer now.</param>
    /// <returns>A request that lives as long as this one.</returns>
    public ChatRequest Continue(IReadOnlyList<ToolRound> rounds, bool mayCall = true)
    {
        var choice = ToolChoice;
        if (rounds.Count > 0 && choice is { Mode: ToolChoiceMode.Required })
        {
            choice = choice with { Mode = ToolChoiceMode.Auto, Names = choice.Names.Count > 1 ? choice.Names : [], Source = default };
        }
        else if (rounds.Count > 0 && choice is { Mode: ToolChoiceMode.Opaque })
        {
            choice = null;
        }

        if (!mayCall && Tools.Count > 0)
        {
            choice = new ToolChoice(ToolChoiceMode.None, [], default, FieldPath.Payload.Member("tool_choice"));
        }

        return With(Conversation is null || rounds.Count == 0 ? [.. Messages, .. rounds.SelectMany(RoundMessages.Of)] : [.. NewIn(rounds[^1])], choice);
    }

    /// <summary>The request that has another model go on with an answer that broke off: the same, with what was said so far and the wish to go on from there.</summary>
    /// <param name="said">The text of the answer as far as it came.</param>
    /// <returns>A request that lives as long as this one.</returns>
    public ChatRequest GoOnFrom(string said) => With([.. Messages, .. RoundMessages.GoOnFrom(said)], ToolChoice);

    /// <summary>The same request with data in place of addresses.</summary>
    /// <param name="media">The data of what a dialect asked for; what is missing stays an address.</param>
    /// <returns>A request that lives as long as this one.</returns>
    public ChatRequest With(IReadOnlyList<FetchedMedia> media)
    {
        if (media.Count == 0)
        {
            return this;
        }

        var parts = media.ToDictionary(ContentPart (one) => one.Media.Part, ContentPart (one) => one.ToPart(), ReferenceEqualityComparer.Instance);
        var messages = Messages.Select(message => message.Parts.Any(parts.ContainsKey)
            ? message with { Parts = [.. message.Parts.Select(part => parts.GetValueOrDefault(part, part))], IsIrregular = true }
            : message);
        return With([.. messages], ToolChoice);
    }

    /// <summary>The same request within a conversation that the provider keeps.</summary>
    /// <param name="id">The provider's id of it.</param>
    public ChatRequest InConversation(string id) => Copy(Messages, ToolChoice, Parameters, id);

    /// <summary>The same request with other settings of the answer.</summary>
    internal ChatRequest With(ChatParameters parameters) => Copy(Messages, ToolChoice, parameters);

    /// <summary>The same request with another conversation and choice of tools.</summary>
    internal ChatRequest With(IReadOnlyList<ChatMessage> messages, ToolChoice? choice) => Copy(messages, choice, Parameters);

    /// <summary>What a provider that keeps the conversation has not heard yet: the results alone.</summary>
    private IEnumerable<ChatMessage> NewIn(ToolRound last) =>
        Messages.Where(static message => message.IsInstruction).Concat(RoundMessages.Of(last).Where(static message => message.Role is ChatRole.Tool));

    private ChatRequest Copy(IReadOnlyList<ChatMessage> messages, ToolChoice? choice, ChatParameters parameters) => Copy(messages, choice, parameters, Conversation);

    private ChatRequest Copy(IReadOnlyList<ChatMessage> messages, ToolChoice? choice, ChatParameters parameters, string? conversation) => new()
    {
        ActionName = ActionName,
        Channels = Channels,
        Provider = Provider,
        ProviderKey = ProviderKey,
        Stream = Stream,
        Model = Model,
        UsesFunctions = UsesFunctions,
        Conversation = conversation,
        Payload = Payload,
        Messages = messages,
        Tools = Tools,
        ToolChoice = choice,
        Parameters = parameters,
        ProviderArgs = ProviderArgs,
    };
}
