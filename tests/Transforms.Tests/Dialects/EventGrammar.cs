using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>
/// The grammar of what any dialect may tell a sink: <c>delta* function_call? (end | error)</c>. Each call is checked and passed on; a call out of order fails the test.
/// </summary>
internal sealed class EventGrammar(IStreamSink inner) : IStreamSink
{
    private enum State
    {
        Answering,
        Called,
        Over,
    }

    private State _state;

    public bool IsOver => _state == State.Over;

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        Expect(_state == State.Answering, "a delta");
        Expect(!escapedText.IsEmpty, "an empty delta");
        inner.Delta(escapedText);
    }

    public void ToolCalls(IReadOnlyList<ToolCall> calls)
    {
        Expect(_state == State.Answering, "calls");
        Expect(calls.Count > 0, "no calls");
        _state = State.Called;
        inner.ToolCalls(calls);
    }

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        Expect(_state != State.Over, "an end");
        Expect(finishReason is "stop" or "length" or "tool_calls" or "content_filter", $"the reason {finishReason}");
        Expect(_state == State.Called == (finishReason == "tool_calls"), $"the reason {finishReason}");
        Expect(usage is null == usageJson.IsEmpty, "usage without its JSON");
        _state = State.Over;
        inner.End(finishReason, usage, usageJson);
    }

    public void Error(BfError error)
    {
        Expect(_state == State.Answering, "an error");
        _state = State.Over;
        inner.Error(error);
    }

    private void Expect(bool isTrue, string what) => Assert.True(isTrue, $"The reader told of {what} in the state {_state}.");
}
