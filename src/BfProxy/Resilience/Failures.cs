using BfProxy.Transforms.Contract;

namespace BfProxy.Resilience;

/// <summary>What may be done about a failure before anything of the answer was seen; the same for refusals and for errors inside a stream.</summary>
internal static class Failures
{
    /// <summary>Whether the same call may succeed a little later. Exhausted quota does not come back by waiting.</summary>
    public static bool ArePassing(BfError error) =>
        !IsOurs(error) && error.Kind is BfErrorKind.RateLimit or BfErrorKind.Overloaded or BfErrorKind.Server or BfErrorKind.Timeout or BfErrorKind.Truncated;

    /// <summary>Whether another provider may succeed where this one failed.</summary>
    public static bool AreTheProviders(BfError error) => !IsOurs(error) && (ArePassing(error) || error.Kind is BfErrorKind.Quota or BfErrorKind.Malformed or BfErrorKind.BreakerOpen);

    /// <summary>Whether the destination failed, rather than refused one caller what it grants others.</summary>
    public static bool AreTheDestinations(BfError error) =>
        !IsOurs(error) && error.Kind is BfErrorKind.Overloaded or BfErrorKind.Server or BfErrorKind.Timeout or BfErrorKind.Truncated or BfErrorKind.Malformed;

    /// <summary>Whether the key is spent or refused, so that another key of the same provider may do.</summary>
    public static bool AreTheKeys(BfError error) => error.Kind is BfErrorKind.RateLimit or BfErrorKind.Quota or BfErrorKind.Authentication;

    /// <summary>A provider's own 500 is shown as 502.</summary>
    private static bool IsOurs(BfError error) => error.Status == StatusCodes.Status500InternalServerError;
}
