using System.Text.Json.Nodes;

namespace BfProxy.Tests.Host;

/// <summary>
/// The grammar of every stream, whatever its provider: <c>threadInfo? (delta | function_call | llmToolCall)* error? end</c>.
/// Test clients show it each frame that they read; one that is out of order fails the test.
/// </summary>
internal sealed class StreamGrammar
{
    private enum State
    {
        New,
        Open,
        Broken,
        Over,
    }

    private readonly Dictionary<string, (State State, int Seq)> _streams = new(StringComparer.Ordinal);

    public void Observe(JsonNode frame)
    {
        if (frame is not JsonObject || frame["event"] is not JsonObject told || frame["streamId"] is not { } id)
        {
            return;
        }

        // A join with `since` shows again what was shown before.
        var stream = $"{frame["channel"]} {id}";
        var first = (frame["seqFrom"] ?? frame["seq"])!.GetValue<int>();
        var state = _streams.TryGetValue(stream, out var known) && first > known.Seq ? known.State : first == 1 ? State.New : State.Open;
        _streams[stream] = (Next(state, told), frame["seq"]!.GetValue<int>());
    }

    private static State Next(State state, JsonObject told)
    {
        var type = told["type"]!.GetValue<string>();
        var next = (state, type) switch
        {
            (State.New, "threadInfo") => State.Open,
            (State.New or State.Open, "delta" or "function_call" or "llmToolCall") => State.Open,
            (State.New or State.Open, "error") => State.Broken,
            (State.New or State.Open, "end") => State.Over,
            (State.Broken, "end") => State.Over,
            _ => throw new Xunit.Sdk.XunitException($"A stream told of {type} when it was {state}: {told.ToJsonString()}"),
        };

        if (type == "end")
        {
            Assert.True((told["finish_reason"]!.GetValue<string>() == "error") == (state == State.Broken), "An error is followed by an end that says so: " + told.ToJsonString());
            Assert.True((told["usage"] is null) == (told["usage_source"] is null), "Usage goes with its source: " + told.ToJsonString());
        }

        return next;
    }
}
