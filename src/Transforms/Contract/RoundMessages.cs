using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Makes a round's turns: the model's with its calls, then one with a result for each of them.</summary>
internal static class RoundMessages
{
    private static readonly FieldPath Path = FieldPath.Payload.Member("messages");
    private static readonly JsonElement Nothing = MadeJson.Parse("{}");

    // Not every model goes on from a turn of its own that stands last; all of them do as they are told.
    private const string GoOn = "Your answer was cut off. Go on exactly where it stopped: repeat nothing of it, and say nothing about the interruption.";

    public static IEnumerable<ChatMessage> Of(ToolRound round)
    {
        var turn = round.Turn;
        var calls = turn.Calls.Select(ToPart).ToArray();
        var results = calls.Select(call => ToPart(call, round.Results)).ToArray();
        ContentPart[] said = turn.Text.Length == 0 ? [.. calls] : [ToPart(turn.Text), .. calls];
        yield return new ChatMessage(ChatRole.Assistant, WireForm.OpenAi, Nothing, Path, said)
        {
            IsIrregular = true,
            Own = turn.Own.ValueKind is JsonValueKind.Undefined ? null : new OwnTurn(turn.Dialect, turn.Own),
        };
        if (results.Length > 0)
        {
            yield return new ChatMessage(ChatRole.Tool, WireForm.OpenAi, Nothing, Path, results) { IsIrregular = true };
        }
    }

    /// <summary>An answer as far as it came, and the wish to go on with it.</summary>
    public static IEnumerable<ChatMessage> GoOnFrom(string said) =>
    [
        new ChatMessage(ChatRole.Assistant, WireForm.OpenAi, Nothing, Path, [ToPart(said)]) { IsIrregular = true },
        new ChatMessage(ChatRole.User, WireForm.OpenAi, Nothing, Path, [ToPart(GoOn)]) { IsIrregular = true },
    ];

    private static TextPart ToPart(string text)
    {
        var json = MadeJson.Text(text);
        return new TextPart(WireForm.OpenAi, json, Path, json);
    }

    private static ToolCallPart ToPart(ToolCall call) => new(WireForm.OpenAi, Nothing, Path, call.Name)
    {
        Id = call.Id,
        LinkId = call.Id,
        Arguments = ArgumentsOf(call.Arguments),
        ThoughtSignature = call.ThoughtSignature is null ? null : MadeJson.Text(call.ThoughtSignature),
    };

    // Arguments that are no object would be refused; the model sees what it wrote.
    private static JsonElement ArgumentsOf(string arguments)
    {
        try
        {
            var parsed = MadeJson.Parse(arguments);
            return parsed.ValueKind is JsonValueKind.Object ? parsed : Invalid(arguments);
        }
        catch (JsonException)
        {
            return Invalid(arguments);
        }
    }

    private static JsonElement Invalid(string arguments) => MadeJson.Parse($$"""{"invalid_arguments":{{MadeJson.Text(arguments).GetRawText()}}}""");

    private static ToolResultPart ToPart(ToolCallPart call, IReadOnlyList<ToolResult> results)
    {
        var result = results.FirstOrDefault(result => result.CallId == call.Id) ?? new ToolResult(call.LinkId, "no result", IsError: true);
        var part = new ToolResultPart(WireForm.OpenAi, Nothing, Path)
        {
            CallId = call.Id,
            Name = call.Name,
            Content = MadeJson.Text(result.Content),
            IsError = result.IsError,
            Call = call,
        };
        call.Result = part;
        return part;
    }
}
