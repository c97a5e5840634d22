using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Gemini's errors, the same in a refusal and in a stream (providers.md 4.4, 7.4). A bad key is a 400 there.</summary>
internal static class GeminiErrors
{
    /// <summary>Maps an error body.</summary>
    /// <param name="status">HTTP status of a refusal; null in a stream.</param>
    /// <param name="json">The response body, or the frame.</param>
    public static BfError Read(int? status, ReadOnlySpan<byte> json)
    {
        var body = ErrorBody.Read(json);
        var details = GeminiErrorDetails.Read(body.Details);
        var stated = status ?? body.HttpStatus ?? HttpStatusOf(body.Status);
        var error = ProviderErrors.Make(KindOf(stated, body.Message, details), stated, body);
        return error with
        {
            ProviderType = body.Status ?? body.Type,
            ProviderCode = details.Reason ?? body.Code,
            RetryAfter = details.RetryDelay,
        };
    }

    private static BfErrorKind KindOf(int? status, string? message, GeminiErrorDetails details)
    {
        if (details.Reason == "API_KEY_INVALID" || (status == 400 && IsAboutKey(message)))
        {
            return BfErrorKind.Authentication;
        }

        if (status == 429 && (details.IsDailyQuota || IsAboutCredit(message)))
        {
            return BfErrorKind.Quota;
        }

        return status is { } number ? ProviderErrors.KindOf(number) : BfErrorKind.Server;
    }

    private static bool IsAboutKey(string? message) =>
        message is not null && (message.StartsWith("API key not valid", StringComparison.OrdinalIgnoreCase)
            || message.StartsWith("API key expired", StringComparison.OrdinalIgnoreCase));

    private static bool IsAboutCredit(string? message) => message?.Contains("credits are depleted", StringComparison.OrdinalIgnoreCase) == true;

    private static int? HttpStatusOf(string? word) => word switch
    {
        "INVALID_ARGUMENT" or "FAILED_PRECONDITION" or "OUT_OF_RANGE" => 400,
        "UNAUTHENTICATED" => 401,
        "PERMISSION_DENIED" => 403,
        "NOT_FOUND" => 404,
        "ABORTED" or "ALREADY_EXISTS" => 409,
        "RESOURCE_EXHAUSTED" => 429,
        "CANCELLED" => 499,
        "INTERNAL" or "UNKNOWN" or "DATA_LOSS" => 500,
        "UNIMPLEMENTED" => 501,
        "UNAVAILABLE" => 503,
        "DEADLINE_EXCEEDED" => 504,
        _ => null,
    };
}
