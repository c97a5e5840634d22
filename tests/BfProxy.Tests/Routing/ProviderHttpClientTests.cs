using BfProxy.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace BfProxy.Tests.Routing;

/// <summary>What the connections to providers have beside YARP's settings.</summary>
public sealed class ProviderHttpClientTests
{
    /// <summary>.NET would read on for two seconds or a megabyte, by a clock of its own, while the provider generates and bills.</summary>
    [Fact]
    public void An_answer_that_is_given_up_is_not_read_on()
    {
        using var handler = new SocketsHttpHandler();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [ProviderClusterFilter.ConnectKey] = "1500" };

        ProviderHttpClient.Configure(new ForwarderHttpClientContext { NewMetadata = metadata }, handler);

        Assert.Equal((TimeSpan.Zero, 0, TimeSpan.FromSeconds(1.5)), (handler.ResponseDrainTimeout, handler.MaxResponseDrainSize, handler.ConnectTimeout));
    }
}
