using System.Diagnostics.CodeAnalysis;

namespace BfProxy.Security.Images;

/// <summary>One entry of the hosts that images are fetched from: <c>images.example.com</c>, <c>images.example.com:8443</c>, <c>*.example.com</c> or <c>*</c>.</summary>
/// <param name="Name">A host name in lower case and Punycode, or an address; what follows the asterisk where <paramref name="IsSuffix"/>.</param>
/// <param name="IsSuffix">Whether all hosts below the name are meant.</param>
/// <param name="Port">The only port; null for the usual one of the scheme.</param>
internal sealed record AllowedHost(string Name, bool IsSuffix, int? Port)
{
    private const string Any = "*";

    public static bool TryParse(string text, [NotNullWhen(true)] out AllowedHost? host)
    {
        host = null;
        var isSuffix = text.StartsWith(Any, StringComparison.Ordinal);
        var rest = isSuffix ? text[Any.Length..] : text;
        if (isSuffix && rest.Length == 0)
        {
            host = new AllowedHost("", IsSuffix: true, Port: null);
            return true;
        }

        // An asterisk stands for whole labels: *example.com would match notexample.com.
        if (isSuffix && !rest.StartsWith('.'))
        {
            return false;
        }

        var name = isSuffix ? rest[1..] : rest;
        if (!Uri.TryCreate($"none://{name}", UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.UserInfo.Length > 0 || uri.PathAndQuery is not ("" or "/") || uri.Fragment.Length > 0)
        {
            return false;
        }

        host = new AllowedHost((isSuffix ? "." : "") + NameOf(uri), isSuffix, uri.Port < 0 ? null : uri.Port);
        return true;
    }

    public bool Matches(Uri address)
    {
        var name = NameOf(address);
        var isNamed = IsSuffix ? name.EndsWith(Name, StringComparison.Ordinal) : name.Equals(Name, StringComparison.Ordinal);
        return isNamed && (Port is { } port ? address.Port == port : address.IsDefaultPort);
    }

    private static string NameOf(Uri address) => address.IdnHost.TrimEnd('.').ToLowerInvariant();
}
