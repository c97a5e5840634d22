using System.Security.Authentication;

namespace BfProxy.Security;

/// <summary>The versions of TLS that are spoken where an operator says nothing else, whatever the machine's own policy allows.</summary>
internal static class TlsVersions
{
    public const SslProtocols Accepted = SslProtocols.Tls12 | SslProtocols.Tls13;
}
