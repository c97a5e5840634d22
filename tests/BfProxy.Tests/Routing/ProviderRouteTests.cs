using System.Net;
using BfProxy.Tests.Host;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Routing;

/// <summary>Provider routes are ours alone; an operator's routes face the world.</summary>
public sealed class ProviderRouteTests
{
    [Theory]
    [InlineData("v1/chat/completions")]
    [InlineData("v1/models")]
    [InlineData("v1beta/models/gemini-fake-1:streamGenerateContent")]
    [InlineData("anything/at/all")]
    public async Task No_provider_route_is_reachable_from_outside(string path)
    {
        await using var host = await ProxyHost.StartAsync();

        using var get = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
        using var post = await host.PostAsync(path, "{}");

        Assert.Equal(HttpStatusCode.NotFound, get.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, post.StatusCode);
        Assert.Empty(host.Provider.Requests);
    }

    [Fact]
    public async Task An_operators_route_is_served_and_ours_go_on_working()
    {
        await using var host = await ProxyHost.StartAsync(new()
        {
            ["ReverseProxy:Routes:portal:ClusterId"] = "openai",
            ["ReverseProxy:Routes:portal:Match:Path"] = "{**catch-all}",
        });
        host.Provider.Script("/some/page", FakeProvider.Script.Html(200, "portal"));
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));

        using var page = await host.Http.GetAsync(new Uri("some/page", UriKind.Relative));
        using var get = await host.Http.GetAsync(new Uri("stream/create", UriKind.Relative));
        using var chat = await host.ChatAsync(""" "model":"gpt-fake-1" """);

        Assert.Equal("portal", await page.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.Equal(HttpStatusCode.Created, chat.StatusCode);
    }

    [Fact]
    public async Task An_alias_reaches_the_provider_as_its_real_model_and_the_answer_names_that()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Providers:openai:Models:fast"] = "gpt-fake-1" });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));

        using var answer = await host.ChatAsync(""" "model":"fast" """);

        Assert.Contains("\"model\":\"gpt-fake-1\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("gpt-fake-1", (await host.Provider.NextRequestAsync()).ReadJson().GetProperty("model").GetString());
    }
}
