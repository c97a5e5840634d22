using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using BfProxy.Forwarding;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Forwarding;

/// <summary>How running streams are ended by us: stop on request, and the drain of a node that goes.</summary>
public sealed class StopAndDrainTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;

    [Theory]
    [InlineData("POST")]
    [InlineData("socket")]
    public async Task A_stopped_stream_ends_in_order_and_the_provider_is_cancelled(string how)
    {
        await using var host = await ProxyHost.StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Wait(gate));
        await using var client = await host.ConnectAsync();
        using var answer = await host.ChatAsync(Streaming);
        var streamId = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["streamId"]!.GetValue<string>();
        var first = await client.NextAsync();

        if (how == "POST")
        {
            using var stop = await host.PostAsync("llm/query/stop", $$"""{"streamId":"{{streamId}}"}""");
            Assert.Equal(HttpStatusCode.Created, stop.StatusCode);
            Assert.Equal($$"""{"status":"stopped","streamId":"{{streamId}}"}""", await stop.Content.ReadAsStringAsync());
        }
        else
        {
            var reply = await client.CommandAsync("llmQueryStop", new JsonObject { ["streamId"] = streamId });
            Assert.Equal("stopped", reply["status"]!.GetValue<string>());
        }

        var events = await client.ReadStreamAsync();
        Assert.Equal("some", first["event"]!["content"]!.GetValue<string>());
        Assert.Equal("stopped", events[^1]["finish_reason"]!.GetValue<string>());
        Assert.DoesNotContain(events, e => e["type"]!.GetValue<string>() == "error");
        await (await host.Provider.NextRequestAsync()).PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_stream_is_stopped_on_any_host_of_its_app_and_on_no_other_apps()
    {
        await using var host = await ProxyHost.StartAsync(new()
        {
            ["BfProxy:Apps:test:Domains:0"] = "page.example",
            ["BfProxy:Apps:other:Domains:0"] = "other.example",
        });
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Wait(gate));
        using var answer = await host.ChatAsync(Streaming);
        var streamId = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["streamId"]!.GetValue<string>();

        Assert.Contains("not_found", await StopAsync(host, streamId, "other.example"), StringComparison.Ordinal);
        Assert.Contains("stopped", await StopAsync(host, streamId, "page.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_what_does_not_run_says_not_found_and_guesses_are_limited()
    {
        await using var host = await ProxyHost.StartAsync();

        using var unknown = await host.PostAsync("llm/query/stop", """{"streamId":"nope"}""");
        using var missing = await host.PostAsync("llm/query/stop", "{}");
        using var wrongKey = await host.PostAsync("llm/query/stop", """{"streamId":"nope","apiKey":"wrong"}""");

        Assert.Equal("""{"status":"not_found","streamId":"nope"}""", await unknown.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
        Assert.Contains("streamId", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, wrongKey.StatusCode);
        var last = HttpStatusCode.Created;
        for (var i = 0; i < 100 && last != HttpStatusCode.TooManyRequests; i++)
        {
            using var guess = await host.PostAsync("llm/query/stop", """{"streamId":"nope"}""");
            last = guess.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        using var withKey = await host.PostAsync("llm/query/stop", $$"""{"streamId":"nope","apiKey":"{{ProxyHost.AppKey}}"}""");
        Assert.Equal(HttpStatusCode.Created, withKey.StatusCode);
        await using var client = await host.ConnectAsync();
        var reply = await client.CommandAsync("llmQueryStop", new JsonObject { ["streamId"] = "nope" });
        Assert.Equal("Too many unknown stream ids from this address", reply["error"]?["message"]?.GetValue<string>());
    }

    [Fact]
    public async Task A_call_that_the_drain_ended_blames_no_provider()
    {
        await using var host = await ProxyHost.StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Wait(gate));
        var call = host.ChatAsync(""" "model":"gpt-fake-1" """);
        await gate.ReachedAsync();

        var stop = host.StopAsync();

        using var answer = await call;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Null(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!["info"]!["provider"]);
        await stop;
    }

    [Fact]
    public async Task A_stop_without_key_where_no_app_can_be_told_is_404()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Apps:other:ApiKeys:0"] = "BFAPI_other" });

        using var unknown = await host.PostAsync("llm/query/stop", """{"streamId":"nope"}""");
        using var named = await host.PostAsync("llm/query/stop?app=other", """{"streamId":"nope"}""");

        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.Created, named.StatusCode);
    }

    [Fact]
    public async Task A_node_that_stops_ends_its_streams_by_name_and_closes_its_sockets()
    {
        await using var host = await ProxyHost.StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Wait(gate));
        await using var client = await host.ConnectAsync();
        using var answer = await host.ChatAsync(Streaming);
        await gate.ReachedAsync();

        var stop = host.StopAsync();
        var events = await client.ReadStreamAsync();

        Assert.Equal("error", events[^2]["type"]!.GetValue<string>());
        Assert.Equal(503, events[^2]["error"]!["code"]!.GetValue<int>());
        Assert.Contains("server going away", events[^2].ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await client.ReadCloseAsync());
        await stop;
    }

    [Fact]
    public async Task While_draining_running_streams_finish_and_new_ones_are_refused()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:DrainTimeout"] = "00:01:00" });
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate).Frames(OpenAiFrames.Chat("finished")));
        await using var client = await host.ConnectAsync();
        using var answer = await host.ChatAsync(Streaming);
        await gate.ReachedAsync();

        var streams = host.Services.GetRequiredService<RunningStreams>();
        Assert.Equal(1, streams.Count);
        var stop = host.StopAsync();
        Assert.True(SpinWait.SpinUntil(() => streams.IsDraining, TimeSpan.FromSeconds(30)));
        using var refused = await host.ChatAsync(Streaming);
        using var ready = await host.Http.GetAsync(new Uri("health/ready", UriKind.Relative));
        gate.Release();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var events = await client.ReadStreamAsync();
        Assert.Equal("finished", ChannelClient.TextOf(events));
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
        await stop;
        Assert.Equal(0, streams.Count);
    }

    [Fact]
    public async Task A_second_signal_ends_running_streams_at_once()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:DrainTimeout"] = "00:30:00" });
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("a")).Wait(gate));
        await using var client = await host.ConnectAsync();
        using var answer = await host.ChatAsync(Streaming);
        await gate.ReachedAsync();

        var streams = host.Services.GetRequiredService<RunningStreams>();
        var stop = host.StopAsync();
        Assert.True(SpinWait.SpinUntil(() => streams.IsDraining, TimeSpan.FromSeconds(30)));
        streams.Hurry();

        var events = await client.ReadStreamAsync();
        Assert.Equal(503, events[^2]["error"]!["code"]!.GetValue<int>());
        await stop;
    }

    private static async Task<string> StopAsync(ProxyHost host, string streamId, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "llm/query/stop") { Content = new StringContent($$"""{"streamId":"{{streamId}}"}""") };
        request.Headers.Host = name;
        using var answer = await host.Http.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }
}
