using Microsoft.AspNetCore.WebUtilities;

namespace BfProxy.Security;

/// <summary>Reads the query of a request that may become a connection: the request would keep a parsed one for as long as a socket lives.</summary>
internal static class QueryText
{
    /// <summary>The value of a name that is given once; null otherwise.</summary>
    public static string? Once(QueryString query, string name)
    {
        string? found = null;
        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            if (!pair.DecodeName().Span.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (found is not null)
            {
                return null;
            }

            found = pair.DecodeValue().ToString();
        }

        return found;
    }
}
