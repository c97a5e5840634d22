using System.Net.WebSockets;
using System.Text;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace BfProxy.Tests.Host;

/// <summary><c>config/examples/portal.json</c>: BfProxy in front of a whole host name, everything that is not its own going to the portal.</summary>
public sealed class PortalExampleTests
{
    [Fact]
    public async Task Pages_reach_the_portal_under_their_own_host_and_streams_are_delivered_to_it()
    {
        await using var portal = await FakeProviderServer.StartAsync();
        portal.Script(Script.Html(200, "the app"));
        await using var host = await StartAsync(portal.BaseAddress);
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        using var page = new HttpRequestMessage(HttpMethod.Get, "some/page?x=1") { Headers = { Host = "shop.example.com" } };

        using var answer = await host.Http.SendAsync(page);
        var seen = await portal.NextRequestAsync();
        using var stream = await host.PostAsync("stream/create", ProxyHost.Envelope(""" "model":"gpt-fake-1","stream":true """).Replace(ProxyHost.AppKey, "BFAPI_shop", StringComparison.Ordinal));

        Assert.Equal("the app", await answer.Content.ReadAsStringAsync());
        Assert.Equal("/some/page?x=1", seen.Target);
        Assert.Equal("shop.example.com", seen.Headers["Host"]);
        Assert.StartsWith("{\"apiKey\":\"BFAPI_portal\"", (await portal.NextRequestAsync()).BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_portals_own_sockets_work_through_it()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var portal = builder.Build();
        portal.UseWebSockets();
        portal.Run(GreetAsync);
        await portal.StartAsync();
        await using var host = await StartAsync(new Uri(portal.Urls.First()));

        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Host", "shop.example.com");
        await socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}/socket.io/?EIO=4&transport=websocket"), CancellationToken.None);
        var buffer = new byte[256];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);

        Assert.Equal("shop.example.com /socket.io/?EIO=4&transport=websocket", Encoding.UTF8.GetString(buffer, 0, received.Count));
        socket.Abort();
    }

    private static async Task GreetAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var greeting = Encoding.UTF8.GetBytes($"{context.Request.Host} {context.Request.Path}{context.Request.QueryString}");
        await socket.SendAsync(greeting, WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
    }

    private static Task<ProxyHost> StartAsync(Uri portal)
    {
        var example = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "config", "examples", "portal.json")).Build();
        var settings = example.AsEnumerable().Where(pair => pair.Value is not null).ToDictionary(StringComparer.Ordinal);
        settings["ReverseProxy:Clusters:portal:Destinations:primary:Address"] = portal.ToString();
        settings["BfProxy:Apps:shop:ApiKeys:1"] = "BFAPI_shop";
        settings["BfProxy:Apps:shop:PortalKey"] = "BFAPI_portal";
        return ProxyHost.StartAsync(settings);
    }
}
