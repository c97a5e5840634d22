using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>What callers see of a provider's failure: status and words by kind (contract section 9).</summary>
internal static class ProviderErrors
{
    private const int BadGateway = 502;

    /// <summary>The stream closed without the provider's own end.</summary>
    public static BfError Truncated() => new()
    {
        Status = BadGateway,
        Kind = BfErrorKind.Truncated,
        Message = "The provider's stream broke off before the answer was complete.",
    };

    /// <summary>The kind that an HTTP status alone stands for.</summary>
    public static BfErrorKind KindOf(int status) => status switch
    {
        401 => BfErrorKind.Authentication,
        402 => BfErrorKind.Quota,
        403 => BfErrorKind.Permission,
        404 => BfErrorKind.NotFound,
        408 or 504 => BfErrorKind.Timeout,
        409 or 499 => BfErrorKind.Server,
        429 => BfErrorKind.RateLimit,
        503 or 529 => BfErrorKind.Overloaded,
        >= 400 and < 500 => BfErrorKind.BadRequest,
        >= 500 => BfErrorKind.Server,
        _ => BfErrorKind.Malformed,
    };

    /// <summary>An error of this kind, with what the provider said.</summary>
    /// <param name="kind">As the dialect classified it.</param>
    /// <param name="status">The provider's HTTP status, or the one that it named in-band; null where it named none.</param>
    /// <param name="body">The provider's words.</param>
    public static BfError Make(BfErrorKind kind, int? status, ErrorBody body) => new()
    {
        Status = StatusOf(kind, status),
        Kind = kind,
        Message = Describe(kind, status),
        ProviderMessage = body.Message,
        ProviderStatus = status,
        ProviderType = body.Type ?? body.Status,
        ProviderCode = body.Code,
    };

    private static int StatusOf(BfErrorKind kind, int? status) => kind switch
    {
        BfErrorKind.BadRequest => status == 413 ? 413 : 400,
        BfErrorKind.Authentication => 401,
        BfErrorKind.Permission => 403,
        BfErrorKind.NotFound => 404,
        BfErrorKind.RateLimit or BfErrorKind.Quota => 429,
        _ => BadGateway,
    };

    private static string Describe(BfErrorKind kind, int? status) => kind switch
    {
        BfErrorKind.BadRequest => "The provider refused the request as invalid.",
        BfErrorKind.Authentication => "The provider did not accept the API key.",
        BfErrorKind.Permission => "The provider does not allow this with the API key.",
        BfErrorKind.NotFound => "The provider does not know the model, or the key has no access to it.",
        BfErrorKind.RateLimit => "The provider's rate limit is reached.",
        BfErrorKind.Quota => "The quota or credit at the provider is used up.",
        BfErrorKind.Overloaded => "The provider is overloaded.",
        BfErrorKind.Timeout => "The provider ran out of time.",
        BfErrorKind.Malformed => $"The provider answered with an unexpected status{(status is { } number ? $" {number}" : "")}.",
        _ => "The provider failed.",
    };
}
