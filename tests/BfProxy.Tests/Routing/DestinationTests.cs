using System.Net;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;

namespace BfProxy.Tests.Routing;

/// <summary>Several destinations of one provider, by YARP's own settings.</summary>
public sealed class DestinationTests
{
    private const string Chat = """ "model":"gpt-fake-1" """;

    [Fact]
    public async Task Round_robin_shares_the_calls_between_destinations()
    {
        await using var second = await FakeProviderServer.StartAsync();
        await using var host = await StartAsync(second, new() { ["LoadBalancingPolicy"] = "RoundRobin" });

        for (var i = 0; i < 4; i++)
        {
            using var answer = await host.ChatAsync(Chat);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }

        Assert.Equal(2, host.Provider.Requests.Count);
        Assert.Equal(2, second.Requests.Count);
    }

    [Fact]
    public async Task A_destination_that_fails_its_health_check_gets_no_calls()
    {
        await using var second = await FakeProviderServer.StartAsync();
        second.Script("/health", Script.Empty.Status(200, null));
        await using var host = await StartAsync(second, new()
        {
            ["LoadBalancingPolicy"] = "RoundRobin",
            ["HealthCheck:Active:Enabled"] = "true",
            ["HealthCheck:Active:Path"] = "/health",
            ["HealthCheck:Active:Interval"] = "00:10:00",
            ["HealthCheck:Active:Policy"] = "ConsecutiveFailures",
            ["Metadata:ConsecutiveFailuresHealthPolicy.Threshold"] = "1",
        });
        var clusters = host.Services.GetRequiredService<IProxyStateLookup>();
        Assert.True(SpinWait.SpinUntil(() => clusters.TryGetCluster("openai", out var cluster) && cluster.DestinationsState.AvailableDestinations is [{ DestinationId: "second" }], TimeSpan.FromSeconds(30)));

        Assert.True(await OnlySecondAsync(host, second));
    }

    [Theory]
    [InlineData("RoundRobin")]
    [InlineData("FirstAlphabetical")]
    public async Task A_retry_goes_on_with_the_destination_that_can_be_reached(string policy)
    {
        await using var second = await FakeProviderServer.StartAsync();
        await using var host = await StartAsync(second, new() { ["Destinations:primary:Address"] = "http://127.0.0.1:1/", ["LoadBalancingPolicy"] = policy });

        for (var i = 0; i < 3; i++)
        {
            using var answer = await host.ChatAsync(Chat);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }

        Assert.Equal(3, second.Requests.Count);
    }

    [Fact]
    public async Task Passive_health_leaves_out_a_destination_that_cannot_be_reached()
    {
        await using var second = await FakeProviderServer.StartAsync();
        await using var host = await StartAsync(second, new()
        {
            ["Destinations:primary:Address"] = "http://127.0.0.1:1/",
            ["LoadBalancingPolicy"] = "FirstAlphabetical",
            ["HealthCheck:Passive:Enabled"] = "true",
            ["HealthCheck:Passive:Policy"] = "TransportFailureRate",
            ["HealthCheck:Passive:ReactivationPeriod"] = "00:10:00",
        });

        // YARP judges after ten failures; each call makes up to four attempts.
        for (var i = 0; i < 20 && second.Requests.Count == 0; i++)
        {
            using var answer = await host.ChatAsync(Chat);
        }

        using var healthy = await host.ChatAsync(Chat);
        Assert.Equal(HttpStatusCode.Created, healthy.StatusCode);
        Assert.Equal(2, second.Requests.Count);
    }

    [Fact]
    public async Task An_app_with_its_bulkhead_full_leaves_the_other_apps_their_connections()
    {
        await using var host = await ProxyHost.StartAsync(new()
        {
            ["ReverseProxy:Clusters:openai:HttpClient:MaxConnectionsPerServer"] = "2",
            ["BfProxy:Apps:greedy:ApiKeys:0"] = "BFAPI_greedy",
            ["BfProxy:Apps:greedy:AnonymousChannels:0"] = "anonymous",
            ["BfProxy:Apps:greedy:ConcurrentStreams"] = "1",
        });
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate), OpenAiScripts.Chat("for the others"));
        var greedy = ProxyHost.Envelope(Chat + """, "stream":true """).Replace(ProxyHost.AppKey, "BFAPI_greedy", StringComparison.Ordinal);

        using var first = await host.PostAsync("stream/create", greedy);
        using var second = await host.PostAsync("stream/create", greedy);
        using var other = await host.ChatAsync(Chat);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
        Assert.Equal(2, host.Provider.Requests.Count);
        gate.Release();
    }

    /// <summary>Two calls, which round robin would share between two healthy destinations.</summary>
    private static async Task<bool> OnlySecondAsync(ProxyHost host, FakeProviderServer second)
    {
        var before = second.Requests.Count(request => request.Path == OpenAiScripts.Path);
        using var first = await host.ChatAsync(Chat);
        using var next = await host.ChatAsync(Chat);
        return second.Requests.Count(request => request.Path == OpenAiScripts.Path) - before == 2;
    }

    private static async Task<ProxyHost> StartAsync(FakeProviderServer second, Dictionary<string, string?> cluster)
    {
        var settings = cluster.ToDictionary(pair => "ReverseProxy:Clusters:openai:" + pair.Key, pair => pair.Value, StringComparer.Ordinal);
        settings["ReverseProxy:Clusters:openai:Destinations:second:Address"] = second.BaseAddress.ToString();
        settings["BfProxy:Providers:openai:Retry:Attempts"] = "3";
        settings["BfProxy:Providers:openai:Retry:Delay"] = "00:00:00.010";
        second.Script(OpenAiScripts.Path, OpenAiScripts.Chat("second"));
        var host = await ProxyHost.StartAsync(settings);
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("first"));
        return host;
    }
}
