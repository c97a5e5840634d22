using System.Text;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>How a response ended, in the words of a chat completion (providers.md 6.4).</summary>
internal static class ResponsesFinish
{
    /// <summary>The word for a response that is complete, or incomplete for a reason. Calls are run unless one was cut off.</summary>
    /// <param name="reason">Inside of the reason's string; empty for a complete response.</param>
    /// <param name="items">What was put out.</param>
    public static string Map(ReadOnlySpan<byte> reason, ResponsesItems items)
    {
        var canRun = items.Calls.Count > 0 && (items.AreWhole || reason.IsEmpty);
        return Encoding.UTF8.GetString(reason) switch
        {
            "content_filter" => "content_filter",
            _ when canRun => "tool_calls",
            "" or "steered" => "stop",
            _ => "length",
        };
    }

    public static BfError Failure() => new()
    {
        Status = 502,
        Kind = BfErrorKind.Server,
        Message = "The provider ended the answer with an error.",
    };
}
