using System.Net;
using BfProxy.Configuration;
using BfProxy.Tests.Host;
using FakeProvider;
using Microsoft.Extensions.Configuration;

namespace BfProxy.Tests.Security;

/// <summary>Who may say for whom a request is, and what the routes of an operator ask of it.</summary>
public sealed class TrustedProxyTests
{
    [Theory]
    [InlineData("127.0.0.1", "shop.example.com", "https", "203.0.113.7")]
    [InlineData("127.0.0.0/8", "shop.example.com", "https", "203.0.113.7")]
    [InlineData("10.0.0.0/8", "127.0.0.1", "http", "127.0.0.1")]
    [InlineData(null, "127.0.0.1", "http", "127.0.0.1")]
    public async Task Only_a_trusted_proxy_is_believed(string? trusted, string host, string scheme, string address)
    {
        await using var portal = await FakeProviderServer.StartAsync();
        portal.Script(Script.Html(200, "the app"));
        await using var proxy = await StartAsync(portal, new() { ["BfProxy:TrustedProxies:0"] = trusted });
        using var request = Request("page");

        using var answer = await proxy.Http.SendAsync(request);
        var seen = await portal.NextRequestAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(host, seen.Headers["Host"].Split(':')[0]);
        Assert.Equal((scheme, address), (seen.Headers["X-Forwarded-Proto"], seen.Headers["X-Forwarded-For"]));
    }

    [Fact]
    public async Task A_host_that_a_trusted_proxy_names_has_to_be_allowed_as_any_other()
    {
        await using var portal = await FakeProviderServer.StartAsync();
        await using var proxy = await StartAsync(portal, new() { ["BfProxy:TrustedProxies:0"] = "127.0.0.1", ["AllowedHosts"] = "other.example.com" });
        using var request = Request("page");

        using var answer = await proxy.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Of_a_chain_the_nearest_address_that_is_not_trusted_is_the_callers()
    {
        await using var portal = await FakeProviderServer.StartAsync();
        portal.Script(Script.Html(200, "the app"));
        await using var proxy = await StartAsync(portal, new() { ["BfProxy:TrustedProxies:0"] = "127.0.0.1", ["BfProxy:TrustedProxies:1"] = "10.0.0.0/8" });
        using var request = new HttpRequestMessage(HttpMethod.Get, "page") { Headers = { { "X-Forwarded-For", "198.51.100.1, 203.0.113.7, 10.1.2.3" } } };

        using var answer = await proxy.Http.SendAsync(request);

        Assert.Equal("203.0.113.7", (await portal.NextRequestAsync()).Headers["X-Forwarded-For"]);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("10.0.0.0/40")]
    [InlineData("0.0.0.0/0")]
    public async Task What_is_no_network_or_everybody_is_a_fault_at_the_start(string value)
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new() { ["BfProxy:TrustedProxies:0"] = value }));
        Assert.Contains($"BfProxy:TrustedProxies:0: '{value}'", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Anonymous", HttpStatusCode.OK)]
    [InlineData("Default", HttpStatusCode.Unauthorized)]
    public async Task The_policy_of_an_operators_route_holds(string policy, HttpStatusCode status)
    {
        await using var portal = await FakeProviderServer.StartAsync();
        portal.Script(Script.Html(200, "the app"));
        await using var proxy = await StartAsync(portal, new() { ["ReverseProxy:Routes:portal:AuthorizationPolicy"] = policy });

        using var answer = await proxy.Http.GetAsync(new Uri("page", UriKind.Relative));

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? 1 : 0, portal.Requests.Count);
        Assert.Contains(status == HttpStatusCode.OK ? "the app" : "NotAuthenticated", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static HttpRequestMessage Request(string path) => new(HttpMethod.Get, path)
    {
        Headers = { { "X-Forwarded-For", "203.0.113.7" }, { "X-Forwarded-Proto", "https" }, { "X-Forwarded-Host", "shop.example.com" } },
    };

    /// <summary>The portal example, with other proxies in front.</summary>
    private static Task<ProxyHost> StartAsync(FakeProviderServer portal, Dictionary<string, string?> more)
    {
        var example = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "config", "examples", "portal.json")).Build();
        var settings = example.AsEnumerable().Where(pair => pair.Value is not null && !pair.Key.Contains("TrustedProxies", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        settings["ReverseProxy:Clusters:portal:Destinations:primary:Address"] = portal.BaseAddress.ToString();
        foreach (var (key, value) in more.Where(static pair => pair.Value is not null))
        {
            settings[key] = value;
        }

        return ProxyHost.StartAsync(settings);
    }
}
