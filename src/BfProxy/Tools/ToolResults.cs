using System.Text;
using System.Text.Json;
using BfProxy.Hooks;

namespace BfProxy.Tools;

/// <summary>What a model is told came of its call: the answer as it is, or why there is none.</summary>
internal static class ToolResults
{
    public const string NotOffered = "There is no tool of this name";
    public const string BadArguments = "The arguments are not a JSON object";
    public const string TimedOut = "The tool timed out: nobody answered in time";
    public const string NotAvailable = "The tool is not available";

    public static string Of(HookResult result) => result switch
    {
        { IsAnswer: true } => Encoding.UTF8.GetString(result.Body.Span),
        { Failure: HookFailure.NotConfigured } => Failed(NotAvailable),
        _ => Failed($"The tool failed: {result.Reason}"),
    };

    public static string Of(byte[]? answer) => answer is null ? Failed(TimedOut) : Encoding.UTF8.GetString(answer);

    public static string Failed(string reason) => $$"""{"success":false,"error":"{{JsonEncodedText.Encode(reason)}}"}""";
}
