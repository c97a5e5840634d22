using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>OpenAI's errors, the same in a refusal and in a stream, and in both of its APIs (providers.md 1.7, 3.2, 7.4).</summary>
internal static class OpenAiErrors
{
    /// <summary>Maps an error body. Words decide before the status does.</summary>
    /// <param name="status">HTTP status of a refusal; null in a stream.</param>
    /// <param name="json">The response body, or the frame.</param>
    public static BfError Read(int? status, ReadOnlySpan<byte> json)
    {
        var body = ErrorBody.Read(json);
        var stated = status ?? body.HttpStatus;
        var kind = KindOf(body.Code) ?? KindOf(body.Type) ?? (stated is { } number ? ProviderErrors.KindOf(number) : InBand(body.Type));
        return ProviderErrors.Make(kind, stated, body);
    }

    private static BfErrorKind? KindOf(string? word) => word switch
    {
        null => null,
        "invalid_api_key" or "authentication_error" or "invalid_authentication" => BfErrorKind.Authentication,
        "permission_error" or "insufficient_permissions" or "unsupported_country_region_territory" => BfErrorKind.Permission,
        "model_not_found" or "not_found_error" => BfErrorKind.NotFound,
        "insufficient_quota" or "credit_balance_exhausted" or "billing_error" or "billing_not_active" or "billing_hard_limit_reached" => BfErrorKind.Quota,
        _ when word.Contains("spend_limit", StringComparison.Ordinal) => BfErrorKind.Quota,
        "rate_limit_exceeded" or "rate_limit_error" or "slow_down" => BfErrorKind.RateLimit,
        "invalid_prompt" or "context_length_exceeded" or "unsupported_parameter" or "unsupported_value" => BfErrorKind.BadRequest,
        "bio_policy" or "misalignment_policy_violation" or "data_residency_mismatch" => BfErrorKind.BadRequest,
        _ when word.StartsWith("invalid_image", StringComparison.Ordinal) => BfErrorKind.BadRequest,
        "vector_store_timeout" => BfErrorKind.Timeout,
        "server_is_overloaded" or "service_unavailable_error" or "overloaded_error" => BfErrorKind.Overloaded,
        _ => null,
    };

    private static BfErrorKind InBand(string? type) => type == "invalid_request_error" ? BfErrorKind.BadRequest : BfErrorKind.Server;
}
