using System.Diagnostics;
using System.Globalization;
using System.Security.Authentication;
using BfProxy.Security;
using Yarp.ReverseProxy.Forwarder;

namespace BfProxy.Routing;

/// <summary>What the HTTP clients of provider clusters have beside YARP's settings.</summary>
internal static class ProviderHttpClient
{
    public static void Configure(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        if (handler.SslOptions.EnabledSslProtocols == SslProtocols.None)
        {
            handler.SslOptions.EnabledSslProtocols = TlsVersions.Accepted;
        }

        if (context.NewMetadata?.TryGetValue(ProviderClusterFilter.ConnectKey, out var milliseconds) != true)
        {
            return;
        }

        handler.ConnectTimeout = TimeSpan.FromMilliseconds(double.Parse(milliseconds!, CultureInfo.InvariantCulture));
        // An answer that is given up is not read on to save its connection: its provider would go on, and bill, for seconds.
        handler.ResponseDrainTimeout = TimeSpan.Zero;
        handler.MaxResponseDrainSize = 0;

        // A provider learns nothing about our traces.
        handler.ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator();
    }
}
