using BfProxy.Tests.Host;
using BfProxy.Tests.Telemetry.Otlp;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Telemetry;

/// <summary>What a collector gets over OTLP from the real process.</summary>
public sealed class OtlpTests
{
    private const string Model = "gpt-5.4-mini";

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task A_stream_is_one_trace_with_envelope_attempt_first_token_and_end(string protocol)
    {
        await using var proxy = await ObservedProxy.StartAsync(protocol);
        await StreamAsync(proxy);
        await proxy.StopAsync();

        var spans = proxy.Collector.Spans;
        var stream = Assert.Single(spans, span => span.Name == "chat " + Model);
        Assert.Equal("", stream.Parent);
        Assert.Equal("chat", stream.Attributes["gen_ai.operation.name"]);
        Assert.Equal("openai", stream.Attributes["gen_ai.provider.name"]);
        Assert.Equal(Model, stream.Attributes["gen_ai.response.model"]);
        Assert.Equal("9", stream.Attributes["gen_ai.usage.input_tokens"]);
        Assert.Equal("2", stream.Attributes["gen_ai.usage.output_tokens"]);
        Assert.Equal("test", stream.Attributes["bfproxy.app"]);
        Assert.Equal(["first token", "end"], stream.Events.Select(entry => entry.Name));
        Assert.Equal("finished", stream.Events[^1].Attributes["bfproxy.end"]);

        var envelope = Assert.Single(spans, span => span.Name == "envelope");
        var attempt = Assert.Single(spans, span => span.Name == "attempt");
        var forwarded = Assert.Single(spans, span => span.Name == "proxy.forwarder");
        Assert.Equal([stream.Trace], spans.Where(span => span.Scope is "BfProxy" or "Yarp.ReverseProxy" or "System.Net.Http").Select(span => span.Trace).Distinct(StringComparer.Ordinal));
        Assert.Equal([stream.Id, stream.Id, attempt.Id], [envelope.Parent, attempt.Parent, forwarded.Parent]);
        Assert.Equal("200", attempt.Attributes["http.response.status_code"]);
        Assert.Equal("first token", Assert.Single(attempt.Events).Name);
        ulong[] order = [envelope.Start, envelope.End, attempt.Start, stream.Events[0].Time, stream.Events[1].Time, stream.End];
        Assert.Equal(order.Order(), order);

        var post = Assert.Single(spans, span => span.Name == "POST /stream/create");
        Assert.Equal(post.Trace, Assert.Single(stream.LinkedTraces));
        Assert.Equal("201", post.Attributes["http.response.status_code"]);
    }

    [Fact]
    public async Task A_provider_that_fails_stands_in_trace_metrics_and_logs_by_its_status()
    {
        await using var proxy = await ObservedProxy.StartAsync();
        proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        using (await proxy.ChatAsync(""" "stream":true """))
        {
            await proxy.StopAsync();
        }

        var stream = Assert.Single(proxy.Collector.Spans, span => span.Name == "chat " + Model);
        var attempt = Assert.Single(proxy.Collector.Spans, span => span.Name == "attempt");
        Assert.Equal(("502", "500"), (stream.Attributes["error.type"], attempt.Attributes["error.type"]));
        Assert.Equal("error", Assert.Single(stream.Events).Attributes["bfproxy.end"]);
        Assert.Contains(proxy.Collector.Points, point => point.Metric == "gen_ai.client.operation.duration" && point.Attributes["error.type"] == "502");
        var log = Assert.Single(proxy.Collector.Logs, log => log.Scope == "BfProxy.Forwarding.RunningStream");
        Assert.Equal(("Warning", stream.Trace), (log.Severity, log.Trace));
        Assert.StartsWith("Provider openai failed a stream with 502", log.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_ends_a_stream_is_named_at_its_end()
    {
        await using var proxy = await ObservedProxy.StartAsync(settings: new(StringComparer.Ordinal) { ["BfProxy:Providers:openai:Timeouts:Idle"] = "00:00:00.2" });
        proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Chat(["one"])[0]).Hang());
        using (await proxy.ChatAsync(""" "stream":false """))
        {
            await proxy.StopAsync();
        }

        var stream = Assert.Single(proxy.Collector.Spans, span => span.Name == "chat " + Model);
        Assert.Equal("504", stream.Attributes["error.type"]);
        Assert.Equal("idle", stream.Events[^1].Attributes["bfproxy.end"]);
    }

    [Fact]
    public async Task Metrics_follow_the_conventions_and_come_with_a_service()
    {
        await using var proxy = await ObservedProxy.StartAsync();
        await StreamAsync(proxy);
        await proxy.StopAsync();

        var points = proxy.Collector.Points;
        foreach (var (metric, unit) in new[] { ("gen_ai.client.operation.duration", "s"), ("gen_ai.server.time_to_first_token", "s"), ("gen_ai.client.token.usage", "{token}") })
        {
            var found = points.Where(point => point.Metric == metric).ToList();
            Assert.NotEmpty(found);
            Assert.All(found, point =>
            {
                Assert.Equal((unit, OtlpKind.Histogram, 1.0), (point.Unit, point.Kind, point.Value));
                Assert.Equal(("chat", "openai", Model), (point.Attributes["gen_ai.operation.name"], point.Attributes["gen_ai.provider.name"], point.Attributes["gen_ai.request.model"]));
            });
        }

        Assert.Equal(["input", "output"], points.Where(point => point.Metric == "gen_ai.client.token.usage").Select(point => point.Attributes["gen_ai.token.type"]).Order(StringComparer.Ordinal));
        Assert.Equal(0, points.Last(point => point.Metric == "bfproxy.streams.running").Value);
        Assert.Equal("1001", Assert.Single(points, point => point.Metric == "bfproxy.connections.ended").Attributes["bfproxy.close.code"]);
        Assert.Contains(points, point => point.Metric == "http.server.request.duration" && point.Attributes["http.route"] == "/stream/create");
        Assert.Contains(points, point => point.Scope == "System.Runtime");
        Assert.All(["traces", "metrics", "logs"], signal =>
        {
            var resource = proxy.Collector.Resources[signal];
            Assert.Equal(("bfproxy", "tests"), (resource["service.name"], resource["deployment.environment.name"]));
            Assert.NotEmpty(resource["service.instance.id"]);
        });
    }

    [Fact]
    public async Task Keys_prompts_completions_tickets_and_made_up_models_reach_no_collector_and_no_console()
    {
        const string callersKey = "sk-caller-77ab01";
        const string prompt = "prompt-9c1f02";
        const string completion = "completion-30d4e5";
        const string madeUp = "model-made-up-61aa";
        await using var proxy = await ObservedProxy.StartAsync();
        proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat(completion), OpenAiScripts.Error(500, $"{callersKey} said {prompt}"), OpenAiScripts.UnknownModel(madeUp), OpenAiScripts.Chat(completion));
        proxy.Provider.Script($"/v1beta/models/{madeUp}:streamGenerateContent", Script.Json(404, """{"error":{"code":404,"message":"no such model","status":"NOT_FOUND"}}"""));
        foreach (var model in new[] { Model, Model, madeUp })
        {
            using var answer = await proxy.ChatAsync($$""" "apiKey":"{{callersKey}}","model":"{{model}}","messages":[{"role":"user","content":"{{prompt}}"}] """);
        }

        using (await proxy.ChatAsync($$""" "provider":"gemini","apiKey":"{{callersKey}}","model":"{{madeUp}}","messages":[{"role":"user","content":"{{prompt}}"}] """))
        using (await proxy.ChatAsync($$""" "messages":[{"role":"user","content":"{{prompt}}"}] """))
        using (await proxy.Http.PostAsync("stream/create", new StringContent($$$"""{"apiKey":"BFAPI_wrong-12","payload":{"messages":[{"role":"user","content":"{{{prompt}}}"}]} }""")))
        using (await proxy.Http.GetAsync("message/events?ticket=ticket-8842&channel=anonymous"))
        using (await proxy.Http.GetAsync("nowhere/session-5521?token=token-77"))
        {
            await proxy.StopAsync();
        }

        Assert.Equal(5, proxy.Collector.Spans.Count(span => span.Name.StartsWith("chat ", StringComparison.Ordinal)));
        Assert.All([callersKey, prompt, completion, madeUp, ObservedProxy.ServerKey, ProxyHost.AppKey, "BFAPI_wrong-12", "ticket-8842", "session-5521", "token-77"], secret =>
        {
            Assert.False(proxy.Collector.Contains(secret), secret);
            Assert.DoesNotContain(secret, proxy.Process.Output, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_collector_that_is_away_holds_up_neither_a_stream_nor_the_stop()
    {
        await using var proxy = await ObservedProxy.StartAsync();
        await proxy.Collector.DisposeAsync();

        await StreamAsync(proxy);
        await proxy.StopAsync();
    }

    private static async Task StreamAsync(ObservedProxy proxy)
    {
        proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("one", " two"));
        await using var client = await ChannelClient.ConnectAsync(proxy.Process.Address);
        using var answer = await proxy.ChatAsync(""" "stream":true """);
        Assert.Equal("one two", ChannelClient.TextOf(await client.ReadStreamAsync()));
        await proxy.Process.TerminateAsync();
        Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.EndpointUnavailable, await client.ReadCloseAsync());
    }
}
