using System.Net.WebSockets;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Operations;

/// <summary>SIGTERM, sent to the real process.</summary>
public sealed class SignalTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;

    [Fact]
    public async Task A_process_told_to_go_lets_its_streams_finish_closes_its_sockets_and_ends_in_order()
    {
        await using var provider = await FakeProviderServer.StartAsync();
        await using var process = await StartAsync(provider, "00:01:00");
        var gate = new Gate();
        provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Delta(" two"), OpenAiFrames.Finish(), OpenAiFrames.Done));
        await using var client = await ChannelClient.ConnectAsync(process.Address);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = process.Address };
        using var accepted = await http.PostAsync("stream/create", new StringContent(ProxyHost.Envelope(Streaming)));
        await gate.ReachedAsync();

        await process.TerminateAsync();
        await process.SaysAsync("Draining");
        using var ready = await http.GetAsync("health/ready");
        using var live = await http.GetAsync("health/live");
        using var refused = await http.PostAsync("stream/create", new StringContent(ProxyHost.Envelope(Streaming)));
        gate.Release();

        Assert.Equal((503, """{"status":"draining"}"""), ((int)ready.StatusCode, await ready.Content.ReadAsStringAsync()));
        Assert.Equal(200, (int)live.StatusCode);
        Assert.Equal(503, (int)refused.StatusCode);
        Assert.Contains("server going away", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var events = await client.ReadStreamAsync();
        Assert.Equal(("one two", "stop"), (ChannelClient.TextOf(events), events[^1]["finish_reason"]!.GetValue<string>()));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await client.ReadCloseAsync());
        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task A_second_signal_does_not_wait_for_the_streams()
    {
        await using var provider = await FakeProviderServer.StartAsync();
        await using var process = await StartAsync(provider, "01:00:00");
        var gate = new Gate();
        provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate));
        await using var client = await ChannelClient.ConnectAsync(process.Address);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = process.Address };
        using var accepted = await http.PostAsync("stream/create", new StringContent(ProxyHost.Envelope(Streaming)));
        await gate.ReachedAsync();

        await process.TerminateAsync();
        await process.SaysAsync("Draining");
        await process.TerminateAsync();

        var events = await client.ReadStreamAsync();
        Assert.Equal(["error", "end"], events.TakeLast(2).Select(static happened => happened["type"]!.GetValue<string>()));
        Assert.Equal(0, await process.ExitAsync());
    }

    private static Task<ProxyProcess> StartAsync(FakeProviderServer provider, string drain) => ProxyProcess.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ReverseProxy:Clusters:openai:Destinations:primary:Address"] = provider.BaseAddress.ToString(),
        ["BfProxy:Providers:openai:ApiKey"] = "sk-server",
        ["BfProxy:DrainTimeout"] = drain,
    });
}
