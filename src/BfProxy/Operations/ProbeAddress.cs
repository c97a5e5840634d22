using System.Globalization;

namespace BfProxy.Operations;

/// <summary>Where a process that listens on given addresses is asked from beside it.</summary>
internal static class ProbeAddress
{
    private static readonly string[] Anywhere = ["+", "*", "0.0.0.0", "[::]"];

    /// <summary>The first http address of a list as ASP.NET Core takes it (<c>http://+:8080;https://+:8443</c>, or ports only), with a host that can be called; null where there is none.</summary>
    public static Uri? Find(string addresses)
    {
        foreach (var address in addresses.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var full = ushort.TryParse(address, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? "http://+:" + address : address;
            var callable = Anywhere.Aggregate(full, static (text, host) => text.Replace($"://{host}", "://localhost", StringComparison.Ordinal));
            if (Uri.TryCreate(callable, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp)
            {
                return uri;
            }
        }

        return null;
    }
}
