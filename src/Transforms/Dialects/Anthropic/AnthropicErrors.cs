using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>Anthropic's errors, the same in a refusal and in a stream (providers.md 5.4, 7.4).</summary>
internal static class AnthropicErrors
{
    /// <summary>Maps an error body.</summary>
    /// <param name="status">HTTP status of a refusal; null in a stream, where the type stands for one.</param>
    /// <param name="json">The response body, or the frame.</param>
    public static BfError Read(int? status, ReadOnlySpan<byte> json)
    {
        var body = ErrorBody.Read(json);
        var code = CodeOf(body.Details) ?? body.Code;
        var stated = status ?? body.HttpStatus ?? StatusOf(body.Type);
        var kind = IsQuota(body, code) ? BfErrorKind.Quota : KindOf(body.Type) ?? (stated is { } number ? ProviderErrors.KindOf(number) : BfErrorKind.Server);
        return ProviderErrors.Make(kind, stated, body) with { ProviderCode = code };
    }

    private static BfErrorKind? KindOf(string? type) => type switch
    {
        "authentication_error" => BfErrorKind.Authentication,
        "permission_error" => BfErrorKind.Permission,
        "not_found_error" => BfErrorKind.NotFound,
        "billing_error" => BfErrorKind.Quota,
        "rate_limit_error" => BfErrorKind.RateLimit,
        "overloaded_error" => BfErrorKind.Overloaded,
        "timeout_error" => BfErrorKind.Timeout,
        _ => null,
    };

    private static int? StatusOf(string? type) => type switch
    {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "api_error" => 500,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => null,
    };

    // Credit that is used up comes as an invalid request, a limit of one's own as a rate.
    private static bool IsQuota(ErrorBody body, string? code) =>
        code?.Contains("spend_limit", StringComparison.Ordinal) == true
        || (body.Type == "invalid_request_error" && body.Message is { } message
            && (message.Contains("credit balance is too low", StringComparison.OrdinalIgnoreCase)
                || message.Contains("usage limits", StringComparison.OrdinalIgnoreCase)));

    private static string? CodeOf(ReadOnlySpan<byte> details)
    {
        if (details is not [(byte)'{', ..])
        {
            return null;
        }

        var reader = JsonTokens.Open(details);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("error_code"u8))
            {
                var code = JsonTokens.TakeText(ref reader);
                return code.IsEmpty ? null : StringBody.Unescape(code);
            }

            JsonTokens.TakeValue(ref reader, details);
        }

        return null;
    }
}
