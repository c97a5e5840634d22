using System.Text;
using System.Text.Json;
using BfProxy.Hooks;
using BfProxy.Transforms.Contract;

namespace BfProxy.Tools;

/// <summary>What a model is told came of its call: the answer as it is, or why there is none.</summary>
internal static class ToolResults
{
    public const string NotOffered = "There is no tool of this name";
    public const string BadArguments = "The arguments are not a JSON object";
    public const string TimedOut = "The tool timed out: nobody answered in time";
    public const string NotAvailable = "The tool is not available";

    public static ToolResult OfBackEnd(string callId, HookResult result) => result switch
    {
        { IsAnswer: true } => new(callId, Encoding.UTF8.GetString(result.Body.Span)),
        { Failure: HookFailure.NotConfigured } => Failed(callId, NotAvailable),
        _ => Failed(callId, $"The tool failed: {result.Reason}"),
    };

    /// <summary>What a page answered.</summary>
    /// <param name="callId">The call.</param>
    /// <param name="answer">JSON; null where nobody answered in time.</param>
    public static ToolResult OfPage(string callId, byte[]? answer) => answer is null ? Failed(callId, TimedOut) : new(callId, Encoding.UTF8.GetString(answer));

    public static ToolResult Failed(string callId, string reason) => new(callId, $$"""{"success":false,"error":"{{JsonEncodedText.Encode(reason)}}"}""", IsError: true);
}
