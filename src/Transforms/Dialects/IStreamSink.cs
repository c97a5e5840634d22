using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>
/// Receives what a <see cref="DialectReader"/> reads, in order. Called on the reader's thread; must not block or throw.
/// Spans live during the call only: a sink that keeps bytes copies them. After <see cref="End"/> or <see cref="Error"/> nothing more is called.
/// </summary>
public interface IStreamSink
{
    /// <summary>More text of the answer.</summary>
    /// <param name="escapedText">The inside of a JSON string (valid UTF-8, escapes as the provider wrote them), never empty, without the quotes.</param>
    void Delta(ReadOnlySpan<byte> escapedText);

    /// <summary>All tool calls of the answer, once, before <see cref="End"/>; not called when there are none.</summary>
    void ToolCalls(IReadOnlyList<ToolCall> calls);

    /// <summary>The provider's own end of the answer.</summary>
    /// <param name="finishReason">One of OpenAI's words: <c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>.</param>
    /// <param name="usage">Token counts where the provider reported them.</param>
    /// <param name="usageJson">The <c>usage</c> object to show (OpenAI's shape), or empty where none was reported.</param>
    void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson);

    /// <summary>The answer failed; what was read before stays valid but is incomplete.</summary>
    void Error(BfError error);
}
