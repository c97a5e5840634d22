using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;

namespace BfProxy.Tests.Forwarding;

/// <summary>The application with a stand-in for BetterForms' own server behind cluster <c>portal</c>, to which the test app delivers.</summary>
internal sealed class PortalHost : IAsyncDisposable
{
    public const string Path = "/message/sendmessage";

    private PortalHost(ProxyHost proxy, FakeProviderServer portal)
    {
        Proxy = proxy;
        Portal = portal;
    }

    public ProxyHost Proxy { get; }

    public FakeProviderServer Portal { get; }

    /// <summary>Every event that the portal got, in order of arrival.</summary>
    public IReadOnlyList<JsonNode> Events => [.. Portal.Requests.Select(EventOf)];

    public static async Task<PortalHost> StartAsync(string delivery = "betterforms", Dictionary<string, string?>? settings = null, TimeProvider? time = null)
    {
        var portal = await FakeProviderServer.StartAsync();
        portal.Script(Path, Script.Json(201, "{}"));
        var proxy = await ProxyHost.StartAsync(
            new(settings ?? [])
            {
                ["ReverseProxy:Clusters:portal:Destinations:primary:Address"] = settings?.GetValueOrDefault("portal") ?? portal.BaseAddress.ToString(),
                ["BfProxy:Apps:test:Delivery"] = delivery,
            },
            time);
        return new PortalHost(proxy, portal);
    }

    public static JsonNode EventOf(SeenRequest request) => JsonNode.Parse(request.Body)!["message"]!["actions"]![0]!["options"]!;

    /// <summary>Answers each event by <paramref name="choose"/>.</summary>
    public void Answer(Func<JsonNode, Script> choose) => Portal.Handle(Path, request => choose(EventOf(request)));

    /// <summary>Waits until the providers' streams are over; their events may still be on their way.</summary>
    public void WaitForStreams() => Proxy.WaitForStreams();

    /// <summary>Reads what the portal gets up to and including an <c>end</c>.</summary>
    public async Task<List<JsonNode>> ReadStreamAsync()
    {
        var events = new List<JsonNode>();
        do
        {
            events.Add(EventOf(await Portal.NextRequestAsync()));
        }
        while (events[^1]["type"]!.GetValue<string>() != "end");

        StreamGrammar.Check(events);
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Portal.DisposeAsync();
    }
}
