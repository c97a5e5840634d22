using System.Net;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Host;

/// <summary>What of us stands where: beside an operator's own routes, switched off, and written with doubled slashes.</summary>
public sealed class SurfacesTests
{
    private static readonly Dictionary<string, string?> Portal = new(StringComparer.Ordinal)
    {
        ["ReverseProxy:Routes:portal:ClusterId"] = "openai",
        ["ReverseProxy:Routes:portal:Match:Path"] = "{**catch-all}",
    };

    [Theory]
    [InlineData("//stream/create")]
    [InlineData("/stream//create")]
    [InlineData("///STREAM///create//")]
    public async Task Doubled_slashes_in_a_path_of_ours_count_as_one(string path)
    {
        await using var host = await ProxyHost.StartAsync(new(Portal));
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));

        using var answer = await host.PostAsync(host.Address.GetLeftPart(UriPartial.Authority) + path, ProxyHost.Envelope(""" "model":"gpt-fake-1" """));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task Doubled_slashes_of_other_paths_reach_the_operators_route_as_they_are()
    {
        await using var host = await ProxyHost.StartAsync(new(Portal));
        host.Provider.Script("/some//page", Script.Html(200, "portal"));

        Assert.Equal("portal", await GetAsync(host, "some//page"));
    }

    [Theory]
    [InlineData("{**catch-all}")]
    [InlineData("/{*any}")]
    [InlineData("/")]
    [InlineData("")]
    public async Task The_playground_makes_room_for_a_route_that_serves_the_root(string path)
    {
        await using var host = await ProxyHost.StartAsync(new(Portal)
        {
            ["ReverseProxy:Routes:portal:Match:Path"] = path,
            ["ReverseProxy:Routes:portal:Match:Hosts:0"] = "127.0.0.1",
        });
        host.Provider.Script("/", Script.Html(200, "portal"));

        Assert.Equal("portal", await GetAsync(host, ""));
        Assert.Contains("BfProxy playground", await GetAsync(host, "bfproxy/"), StringComparison.Ordinal);
        Assert.Contains("\"providers\"", await GetAsync(host, "bfproxy/playground/config.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_playground_is_at_the_root_beside_narrower_routes()
    {
        await using var host = await ProxyHost.StartAsync(new(Portal) { ["ReverseProxy:Routes:portal:Match:Path"] = "/files/{**rest}" });

        Assert.Contains("BfProxy playground", await GetAsync(host, ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Streaming", "stream/create")]
    [InlineData("LlmQuery", "llm/query/stop")]
    [InlineData("Messaging", "message/connect")]
    [InlineData("Playground", "bfproxy/")]
    [InlineData("Operations", "health/live")]
    public async Task What_is_off_goes_to_the_catch_all(string surface, string path)
    {
        await using var host = await ProxyHost.StartAsync(new(Portal) { [$"BfProxy:Surfaces:{surface}"] = "false" });
        host.Provider.Script("/" + path, Script.Html(200, "portal"));

        Assert.Equal("portal", await GetAsync(host, path));
    }

    [Fact]
    public async Task Health_answers_HEAD()
    {
        await using var host = await ProxyHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, "health/ready");

        using var answer = await host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static Task<string> GetAsync(ProxyHost host, string path) => host.Http.GetStringAsync(new Uri(host.Address, path));
}
