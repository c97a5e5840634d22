using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Routing;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Forwarding;

/// <summary><c>Delivery: betterforms</c> and <c>both</c>: what BetterForms' own server gets of a stream, however it behaves.</summary>
public sealed class PortalTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;

    [Fact]
    public async Task An_unchanged_page_gets_every_event_as_a_named_action()
    {
        await using var host = await PortalHost.StartAsync();
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("A fun fact"));
        await using var visitor = await host.Proxy.ConnectAsync();

        using var answer = await host.Proxy.ChatAsync(Streaming, """["anonymous","tab|x"]""");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var first = await host.Portal.NextRequestAsync();
        Assert.Equal("POST", first.Method);
        Assert.Equal(PortalHost.Path, first.Target);
        Assert.Equal(
            """{"apiKey":"BFAPI_test","channels":["anonymous","tab|x"],"message":{"actions":[{"action":"namedAction","name":"act","options":{"type":"delta","content":"A fun fact"}}]}}""",
            first.BodyText);
        Assert.Equal("""{"type":"end","finish_reason":"stop","usage":""", (await host.ReadStreamAsync())[^1].ToJsonString()[..45]);
        var reply = await visitor.JoinAsync("anonymous");
        Assert.Equal(0, reply["offset"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_first_token_goes_at_once_and_what_comes_meanwhile_is_joined_into_the_next_request()
    {
        await using var host = await PortalHost.StartAsync();
        var (more, slow) = (new Gate(), new Gate());
        host.Answer(e => TextOf(e) == "one" ? Script.Empty.Wait(slow).Status(201, "application/json").Text("{}") : Script.Json(201, "{}"));
        host.Proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(more)
            .Frames(OpenAiFrames.Delta(" two")).Frames(OpenAiFrames.Delta(" three")).Frames(OpenAiFrames.Finish(), OpenAiFrames.Usage(1, 3), OpenAiFrames.Done));
        using var answer = await host.Proxy.ChatAsync(Streaming);

        await slow.ReachedAsync();
        more.Release();
        host.WaitForStreams();
        Assert.Single(host.Portal.Requests);
        slow.Release();

        var events = await host.ReadStreamAsync();
        Assert.Equal(["one", " two three", null], events.Select(TextOf));
    }

    [Fact]
    public async Task Both_serves_our_channels_and_BetterForms()
    {
        await using var host = await PortalHost.StartAsync("both");
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("to", " both"));
        await using var visitor = await host.Proxy.ConnectAsync();

        using var answer = await host.Proxy.ChatAsync(Streaming);

        Assert.Equal("to both", ChannelClient.TextOf(await visitor.ReadStreamAsync()));
        Assert.Equal("to both", ChannelClient.TextOf(await host.ReadStreamAsync()));
    }

    [Fact]
    public async Task A_portal_that_hangs_holds_up_neither_provider_nor_channels_and_is_given_up_by_the_clock()
    {
        var time = new ManualTimeProvider();
        await using var host = await PortalHost.StartAsync("both", time: time);
        var hang = new Gate();
        host.Answer(e => TextOf(e) == "one" ? Script.Empty.Wait(hang) : Script.Json(201, "{}"));
        var gate = new Gate();
        host.Proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Chat(" two")));
        await using var visitor = await host.Proxy.ConnectAsync();

        using var answer = await host.Proxy.ChatAsync(Streaming);
        await hang.ReachedAsync();
        gate.Release();
        Assert.Equal("one two", ChannelClient.TextOf(await visitor.ReadStreamAsync()));
        host.WaitForStreams();
        Assert.Single(host.Portal.Requests);
        time.Advance(PortalClient.Timeout);

        Assert.Equal(["delta", "delta", "error", "end"], (await host.ReadStreamAsync()).Select(TypeOf));
        await host.Proxy.LoggedAsync("(Timeout)");
    }

    [Fact]
    public async Task A_portal_that_is_down_costs_BetterForms_only()
    {
        await using var host = await PortalHost.StartAsync("both", new() { ["portal"] = "http://127.0.0.1:1/" });
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("one", " two"));
        await using var visitor = await host.Proxy.ConnectAsync();

        using var answer = await host.Proxy.ChatAsync(Streaming);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("one two", ChannelClient.TextOf(await visitor.ReadStreamAsync()));
        await visitor.DisposeAsync();
        await host.Proxy.StopAsync();
        await host.Proxy.LoggedAsync("lost an event on its way to BetterForms (Unreachable)");
    }

    [Fact]
    public async Task A_portal_that_answers_500_gets_each_event_once_and_is_logged_once_a_stream()
    {
        var failures = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "bfproxy.portal.failures")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref failures, (int)count));
        listener.Start();
        await using var host = await PortalHost.StartAsync();
        host.Answer(_ => Script.Html(500, "<html>"));
        var gate = new Gate();
        host.Proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Chat(" two")));

        using var answer = await host.Proxy.ChatAsync(Streaming);
        await host.Portal.NextRequestAsync();
        gate.Release();
        var events = await host.ReadStreamAsync();
        await host.Proxy.StopAsync();

        Assert.Equal(["delta", "error", "end"], events.Select(TypeOf));
        Assert.Equal(4, host.Portal.Requests.Count);
        Assert.Equal(2, host.Proxy.Logs.Split("lost an event on its way to BetterForms (Status)").Length);
        Assert.True(failures >= 4);
    }

    [Fact]
    public async Task An_answer_with_a_hole_does_not_look_whole()
    {
        await using var host = await PortalHost.StartAsync();
        var gate = new Gate();
        host.Answer(e => TextOf(e) == "lost" ? Script.Json(503, "{}") : Script.Json(201, "{}"));
        host.Proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("lost")).Wait(gate).Frames(OpenAiFrames.Chat(" kept")));

        using var answer = await host.Proxy.ChatAsync(Streaming);
        await host.Portal.NextRequestAsync();
        gate.Release();
        var events = await host.ReadStreamAsync();

        Assert.Equal([" kept", null, null], events.Select(TextOf));
        Assert.Equal("""{"type":"error","error":{"message":"Part of this answer was lost on its way","code":502,"details":"Part of this answer was lost on its way"}}""", events[1].ToJsonString());
        Assert.StartsWith("""{"type":"end","finish_reason":"error","usage":{"prompt_tokens":9,""", events[2].ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_breaks_sends_one_error_and_one_end()
    {
        await using var host = await PortalHost.StartAsync();
        var gate = new Gate();
        host.Answer(e => TypeOf(e) == "delta" ? Script.Json(503, "{}") : Script.Json(201, "{}"));
        host.Proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Wait(gate).Cut());

        using var answer = await host.Proxy.ChatAsync(Streaming);
        await host.Portal.NextRequestAsync();
        gate.Release();

        Assert.Equal(["error", "end"], (await host.ReadStreamAsync()).Select(TypeOf));
    }

    [Fact]
    public async Task What_waits_has_a_bound_beyond_which_text_is_lost_by_name()
    {
        await using var host = await PortalHost.StartAsync();
        var target = PortalTarget.Create("test", "portal", "BFAPI_x", ["anonymous"], "act");
        var publisher = host.Proxy.Services.GetRequiredService<PortalDeliveries>().Open("s", target, maxBytes: 10);

        publisher.Delta("0123456789"u8);
        publisher.Delta("more"u8);
        publisher.Event("""{"type":"end","finish_reason":"stop","usage":null}"""u8);
        publisher.Close();

        Assert.Equal(["0123456789", null, null], (await host.ReadStreamAsync()).Select(TextOf));
        await host.Proxy.LoggedAsync("(Backlog)");
    }

    [Fact]
    public async Task Order_and_text_stay_whatever_the_pace_of_both_sides()
    {
        await using var host = await PortalHost.StartAsync();
        var pieces = Enumerable.Range(0, 300).Select(i => $"{i} ").ToList();
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat(pieces));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            using var answer = await host.Proxy.PostAsync("stream/create", ProxyHost.Envelope(Streaming).Replace("\"act\"", $"\"act{i}\"", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }));
        host.WaitForStreams();
        await host.Proxy.StopAsync();

        foreach (var stream in host.Portal.Requests.GroupBy(request => JsonNode.Parse(request.Body)!["message"]!["actions"]![0]!["name"]!.GetValue<string>()))
        {
            var events = stream.Select(PortalHost.EventOf).ToList();
            Assert.Equal(string.Concat(pieces), ChannelClient.TextOf(events));
            Assert.Equal("end", TypeOf(events[^1]));
            Assert.All(events.SkipLast(1), e => Assert.Equal("delta", TypeOf(e)));
        }

        Assert.Equal(4, host.Events.Count(e => TypeOf(e) == "end"));
    }

    [Fact]
    public async Task The_portals_own_key_takes_the_place_of_the_requests_and_neither_is_logged()
    {
        await using var host = await PortalHost.StartAsync(settings: new() { ["BfProxy:Apps:test:PortalKey"] = "BFAPI_portal" });
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Completionword"));
        host.Answer(_ => Script.Json(500, "{}"));

        using var answer = await host.Proxy.ChatAsync(Streaming);
        var first = await host.Portal.NextRequestAsync();
        await host.Proxy.StopAsync();

        Assert.Equal("BFAPI_portal", JsonNode.Parse(first.Body)!["apiKey"]!.GetValue<string>());
        Assert.All(["BFAPI_portal", ProxyHost.AppKey, "Completionword"], secret => Assert.DoesNotContain(secret, host.Proxy.Logs, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_request_sends_nothing()
    {
        await using var host = await PortalHost.StartAsync();
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.BadKey());

        using var answer = await host.Proxy.ChatAsync(Streaming);
        await host.Proxy.StopAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(host.Portal.Requests);
    }

    [Fact]
    public async Task Events_without_an_action_name_have_nowhere_to_go()
    {
        const string body = """{"apiKey":"BFAPI_test","channels":["anonymous"],"payload":{"model":"gpt-fake-1","stream":true,"messages":[{"role":"user","content":"hi"}]}}""";
        await using var host = await PortalHost.StartAsync();
        await using var named = await PortalHost.StartAsync(settings: new() { ["BfProxy:Apps:test:DefaultActionName"] = "fallback" });
        named.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));

        using var refused = await host.Proxy.PostAsync("stream/create", body);
        using var accepted = await named.Proxy.PostAsync("stream/create", body);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("actionName", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);
        Assert.Contains("\"name\":\"fallback\"", (await named.Portal.NextRequestAsync()).BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_way_to_the_portal_is_not_open_from_outside()
    {
        await using var host = await PortalHost.StartAsync();

        using var answer = await host.Proxy.PostAsync("portal/only", "{}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(host.Portal.Requests);
        Assert.Contains("BfProxy playground", await host.Proxy.Http.GetStringAsync(host.Proxy.Address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_portal_without_a_cluster_is_a_fault_at_start()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new()
        {
            ["BfProxy:Apps:test:Delivery"] = "Both",
            ["BfProxy:Apps:other:Delivery"] = "pigeons",
        }));

        Assert.Contains("BfProxy:Apps:test:Portal: there is no cluster 'portal'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("BfProxy:Apps:other:Delivery", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_turns_the_delivery_on()
    {
        await using var host = await PortalHost.StartAsync("channels");
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        host.Proxy.App.Configuration["BfProxy:Apps:test:Delivery"] = "betterforms";
        ((IConfigurationRoot)host.Proxy.App.Configuration).Reload();

        // YARP applies a changed configuration in the background.
        var endpoints = host.Proxy.Services.GetRequiredService<ProviderEndpoints>();
        Assert.True(SpinWait.SpinUntil(() => endpoints.FindPortal("portal") is not null, TimeSpan.FromSeconds(30)));
        using var answer = await host.Proxy.ChatAsync(Streaming);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        await host.Portal.NextRequestAsync();
    }

    [Fact]
    public async Task A_node_that_stops_hands_on_what_is_left()
    {
        await using var host = await PortalHost.StartAsync(settings: new() { ["BfProxy:DrainTimeout"] = "00:00:20" });
        var slow = new Gate();
        host.Answer(e => TypeOf(e) == "delta" ? Script.Empty.Wait(slow).Status(201, "application/json").Text("{}") : Script.Json(201, "{}"));
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("last words"));
        using var answer = await host.Proxy.ChatAsync(Streaming);
        await slow.ReachedAsync();
        host.WaitForStreams();

        var stop = host.Proxy.StopAsync();
        slow.Release();
        await stop;

        Assert.Equal(["delta", "end"], host.Events.Select(TypeOf));
    }

    [Fact]
    public async Task A_node_that_stops_does_not_wait_for_a_portal_that_hangs()
    {
        await using var host = await PortalHost.StartAsync();
        var hang = new Gate();
        host.Answer(_ => Script.Empty.Wait(hang));
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("last words"));
        using var answer = await host.Proxy.ChatAsync(Streaming);
        await hang.ReachedAsync();

        await host.Proxy.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));

        await host.Proxy.LoggedAsync("(Stopped)");
    }

    private static string TypeOf(JsonNode e) => e["type"]!.GetValue<string>();

    private static string? TextOf(JsonNode e) => TypeOf(e) == "delta" ? e["content"]!.GetValue<string>() : null;
}
