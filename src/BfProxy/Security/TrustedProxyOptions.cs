namespace BfProxy.Security;

/// <summary>Keys of <c>BfProxy</c> itself that say who stands in front.</summary>
internal sealed class TrustedProxyOptions
{
    /// <summary>Addresses and networks whose <c>X-Forwarded-*</c> headers are believed; default: none.</summary>
    public List<string> TrustedProxies { get; init; } = [];
}
