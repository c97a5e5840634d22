using System.Net;

namespace BfProxy.Security;

/// <summary>The proxies in front whose word on a caller's address, scheme and host is believed; immutable.</summary>
internal sealed record TrustedProxies(IReadOnlyList<IPNetwork> Networks);
