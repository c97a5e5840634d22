using System.Collections.Frozen;

namespace BfProxy.Transforms.Contract;

/// <summary>
/// Names of statuses in FeathersJS's words, which its client turns into typed errors. 413, 415 and 504 have no class there:
/// its <c>convert()</c> keeps name and code of an unknown name, so they are named in the same style.
/// </summary>
public static class ErrorCatalog
{
    private static readonly FrozenDictionary<int, ErrorName> Names = new Dictionary<int, ErrorName>
    {
        [400] = new("BadRequest", "bad-request"),
        [401] = new("NotAuthenticated", "not-authenticated"),
        [402] = new("PaymentError", "payment-error"),
        [403] = new("Forbidden", "forbidden"),
        [404] = new("NotFound", "not-found"),
        [405] = new("MethodNotAllowed", "method-not-allowed"),
        [406] = new("NotAcceptable", "not-acceptable"),
        [408] = new("Timeout", "timeout"),
        [409] = new("Conflict", "conflict"),
        [410] = new("Gone", "gone"),
        [411] = new("LengthRequired", "length-required"),
        [413] = new("PayloadTooLarge", "payload-too-large"),
        [415] = new("UnsupportedMediaType", "unsupported-media-type"),
        [422] = new("Unprocessable", "unprocessable"),
        [429] = new("TooManyRequests", "too-many-requests"),
        [500] = new("GeneralError", "general-error"),
        [501] = new("NotImplemented", "not-implemented"),
        [502] = new("BadGateway", "bad-gateway"),
        [503] = new("Unavailable", "unavailable"),
        [504] = new("GatewayTimeout", "gateway-timeout"),
    }.ToFrozenDictionary();

    /// <summary>The names of <paramref name="status"/>; other 4xx count as a bad request, everything else as a general error.</summary>
    public static ErrorName Find(int status) =>
        Names.TryGetValue(status, out var name) ? name : Names[status is >= 400 and < 500 ? 400 : 500];
}
