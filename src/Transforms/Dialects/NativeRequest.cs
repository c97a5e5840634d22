namespace BfProxy.Transforms.Dialects;

/// <summary>Where the provider's own request goes. The body was written by the dialect; the key travels in <see cref="KeyHeader"/> and nowhere else.</summary>
/// <param name="Path">Path below the provider's base address, starting with a slash, already escaped.</param>
/// <param name="Query">Query with its question mark, or empty.</param>
/// <param name="KeyHeader">Name of the header that carries the provider's key.</param>
/// <param name="KeyPrefix">What stands before the key in that header, such as <c>Bearer </c>; may be empty.</param>
public sealed record NativeRequest(string Path, string Query, string KeyHeader, string KeyPrefix)
{
    /// <summary>Method; what is asked of a model is POSTed.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>Further headers that the provider wants, such as the version of its API; none of them secret.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
