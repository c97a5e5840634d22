using System.Text;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Gemini's finish reasons in OpenAI's words (providers.md 6.4).</summary>
internal static class GeminiFinish
{
    public const string ContentFilter = "content_filter";

    /// <summary>OpenAI's word; null where the reason is a failure. Reasons without a meaning of their own are a stop if something was answered.</summary>
    public static string? Map(ReadOnlySpan<byte> reason, bool hasCalls, bool hasAnswer) => Encoding.UTF8.GetString(reason) switch
    {
        "STOP" => hasCalls ? "tool_calls" : "stop",
        "MAX_TOKENS" or "CONTINUATION" => hasCalls ? "tool_calls" : "length",
        "SAFETY" or "RECITATION" or "LANGUAGE" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" => ContentFilter,
        "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" or "IMAGE_OTHER" or "NO_IMAGE" => ContentFilter,
        "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" or "MALFORMED_RESPONSE" => null,
        _ when hasCalls => "tool_calls",
        _ => hasAnswer ? "stop" : null,
    };

    public static BfError Failure(ReadOnlySpan<byte> reason, ReadOnlySpan<byte> message) => new()
    {
        Status = 502,
        Kind = BfErrorKind.Server,
        Message = "The model broke off without a usable answer.",
        ProviderMessage = message.IsEmpty ? null : StringBody.Unescape(message),
        ProviderCode = StringBody.Unescape(reason),
    };
}
