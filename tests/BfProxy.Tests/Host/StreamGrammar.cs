using System.Text.Json.Nodes;

namespace BfProxy.Tests.Host;

/// <summary>
/// The grammar of every stream, whatever its provider: a query's is <c>threadInfo (delta | function_call | llmToolCall)* error? end</c>, a chat's
/// <c>delta* function_call? error? end</c>. Test clients show it each frame that they read; one that is out of order fails the test.
/// </summary>
internal sealed class StreamGrammar
{
    private enum State
    {
        /// <summary>Nothing was heard; the first event says which of the two it is.</summary>
        New,

        /// <summary>Heard from its middle on.</summary>
        Either,
        Query,
        Chat,

        /// <summary>A chat's calls: nothing but its end may follow.</summary>
        Called,
        Broken,
        Over,
    }

    private readonly Dictionary<string, (State State, int Seq)> _streams = new(StringComparer.Ordinal);

    /// <summary>Takes in a frame; those without an event of a stream are none of its business.</summary>
    public void Observe(JsonNode frame)
    {
        if (frame is not JsonObject || frame["event"] is not JsonObject told || frame["streamId"] is not { } id)
        {
            return;
        }

        // A join with `since` shows again what was shown before.
        var stream = $"{frame["channel"]} {id}";
        var first = (frame["seqFrom"] ?? frame["seq"])!.GetValue<int>();
        var isKnown = _streams.TryGetValue(stream, out var known) && first > known.Seq;
        var start = first == 1 ? State.New : State.Either;
        _streams[stream] = (Next(isKnown ? known.State : start, told), frame["seq"]!.GetValue<int>());
    }

    /// <summary>Checks the events of one whole stream.</summary>
    public static void Check(IEnumerable<JsonNode> events)
    {
        var last = events.Aggregate(State.New, static (state, told) => Next(state, told.AsObject()));
        Assert.True(last == State.Over, $"The stream is {last} at its end.");
    }

    private static State Next(State state, JsonObject told)
    {
        var type = told["type"]!.GetValue<string>();
        var next = (state, type) switch
        {
            (State.New, "threadInfo") => State.Query,
            (State.New or State.Chat, "delta") => State.Chat,
            (State.New or State.Chat, "function_call") => State.Called,
            (State.Query or State.Either, "delta" or "function_call" or "llmToolCall") => state,
            (State.New or State.Either or State.Query or State.Chat, "error") => State.Broken,
            (not State.Over, "end") => State.Over,
            _ => throw new Xunit.Sdk.XunitException($"A stream told of {type} when it was {state}: {told.ToJsonString()}"),
        };
        AssertSound(state, type, told);
        return next;
    }

    private static void AssertSound(State state, string type, JsonObject told)
    {
        var words = told.ToJsonString();
        switch (type)
        {
            case "delta":
                Assert.True(told["content"]!.GetValue<string>().Length > 0, "A delta says something: " + words);
                break;
            case "function_call":
                Assert.True(told["content"]!["functions"]!.AsArray().Count > 0, "A call calls something: " + words);
                break;
            case "error":
                Assert.True(told["error"]!["code"]!.GetValue<int>() is >= 400 and < 600 && told["error"]!["message"]!.GetValue<string>().Length > 0, "An error has its status and words: " + words);
                break;
            case "end":
                Assert.True(told["finish_reason"]!.GetValue<string>() == "error" == (state == State.Broken), "An error is followed by an end that says so: " + words);
                Assert.True(state != State.Called || told["finish_reason"]!.GetValue<string>() is "tool_calls" or "stopped", "Calls end a chat: " + words);
                Assert.True(told["usage"] is null == told["usage_source"] is null, "Usage goes with its source: " + words);
                break;
        }
    }
}
