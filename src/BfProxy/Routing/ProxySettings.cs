namespace BfProxy.Routing;

/// <summary>All keys and values of <c>ReverseProxy</c>, checked.</summary>
internal sealed record ProxySettings(IReadOnlyDictionary<string, string?> Values);
