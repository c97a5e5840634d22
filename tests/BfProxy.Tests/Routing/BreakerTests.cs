using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using BfProxy.Configuration;
using BfProxy.Telemetry;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Routing;

/// <summary>A destination that fails again and again is not asked for a while. Two failures open the breaker here, for 15 s.</summary>
public sealed class BreakerTests
{
    private const string Chat = """ "model":"gpt-fake-1" """;
    private const string Stream = Chat + """, "stream":true """;

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_provider_that_failed_too_often_is_refused_at_once_and_probed_later(bool stream)
    {
        await using var host = await StartAsync();
        await using var client = await host.ConnectAsync();
        await OpenAsync(host);

        using (var refused = await host.ChatAsync(stream ? Stream : Chat))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(15), refused.Headers.RetryAfter!.Delta);
            Assert.Contains("failed too often", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(2, host.Provider.Requests.Count);
        await host.LoggedAsync("Destination primary of provider openai failed too often");
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("back"));
        _time.Advance(TimeSpan.FromSeconds(16));
        await AssertStatusesAsync(host, 201, 201, 201);
        await host.LoggedAsync("answers again");
    }

    [Fact]
    public async Task A_probe_that_fails_keeps_the_provider_resting()
    {
        await using var host = await StartAsync();
        await OpenAsync(host);
        _time.Advance(TimeSpan.FromSeconds(16));

        await AssertStatusesAsync(host, 502, 503, 503);

        Assert.Equal(3, host.Provider.Requests.Count);
    }

    [Fact]
    public async Task A_probe_proves_enough_with_its_first_token_and_nobody_else_is_let_through_before()
    {
        await using var host = await StartAsync();
        await OpenAsync(host);
        _time.Advance(TimeSpan.FromSeconds(16));
        var (first, rest) = (new Gate(), new Gate());
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(first).Frames(OpenAiFrames.Delta("back")).Wait(rest).Frames(OpenAiFrames.Finish(), OpenAiFrames.Done), OpenAiScripts.Chat("whole"));
        await using var client = await host.ConnectAsync();

        using var probe = await host.ChatAsync(Stream);
        await first.ReachedAsync();
        await AssertStatusesAsync(host, 503);
        first.Release();
        await rest.ReachedAsync();
        await host.LoggedAsync("answers again");
        await AssertStatusesAsync(host, 201);
        rest.Release();

        Assert.Equal("back", ChannelClient.TextOf(await client.ReadStreamAsync()));
    }

    [Fact]
    public async Task A_probe_whose_caller_leaves_proves_nothing()
    {
        await using var host = await StartAsync();
        await OpenAsync(host);
        _time.Advance(TimeSpan.FromSeconds(16));
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Empty.Wait(gate));
        using var leaves = new CancellationTokenSource();

        var probe = host.ChatAsync(Chat, cancellationToken: leaves.Token);
        await gate.ReachedAsync();
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
        await host.Provider.Requests[^1].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));

        await AssertStatusesAsync(host, 503);
    }

    [Fact]
    public async Task Calls_go_to_another_destination_while_one_rests()
    {
        await using var second = await FakeProviderServer.StartAsync();
        second.Script(OpenAiScripts.Path, OpenAiScripts.Chat("second"));
        await using var host = await StartAsync(new()
        {
            ["ReverseProxy:Clusters:openai:LoadBalancingPolicy"] = "FirstAlphabetical",
            ["ReverseProxy:Clusters:openai:Destinations:second:Address"] = second.BaseAddress.ToString(),
        });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());

        await AssertStatusesAsync(host, 502, 502, 201, 201);

        Assert.Equal(2, host.Provider.Requests.Count);
        Assert.Equal(2, second.Requests.Count);
    }

    [Theory]
    [InlineData("stream/create")]
    [InlineData("llm/query")]
    public async Task Calls_go_to_a_fallback_at_once_while_the_provider_rests(string route)
    {
        await using var host = await StartAsync(new()
        {
            ["BfProxy:Providers:openai:Retry:Attempts"] = "1",
            ["BfProxy:Providers:openai:Retry:Delay"] = "00:00:00",
            ["BfProxy:Providers:openai:Retry:MaxDelay"] = "00:05:00",
            ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "gemini",
            ["BfProxy:Providers:openai:Fallbacks:0:Model"] = GeminiFrames.Model,
        });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("instead"));

        for (var i = 0; i < 3; i++)
        {
            using var answer = await host.PostAsync(route, ProxyHost.Envelope(Chat));
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }

        Assert.Equal(2, host.Provider.Requests.Count(request => request.Path == OpenAiScripts.Path));
        await host.LoggedAsync("503 (BreakerOpen)");
    }

    [Theory]
    [InlineData("400")]
    [InlineData("401")]
    [InlineData("429")]
    [InlineData("quota")]
    public async Task What_one_caller_did_wrong_closes_the_provider_to_nobody(string refusal)
    {
        await using var host = await StartAsync();
        var script = refusal switch
        {
            "400" => OpenAiScripts.Error(400, "no"),
            "401" => OpenAiScripts.BadKey(),
            "429" => OpenAiScripts.RateLimited(),
            _ => OpenAiScripts.QuotaExhausted(),
        };
        host.Provider.Script(OpenAiScripts.Path, script, script, script, OpenAiScripts.Chat("fine"));

        for (var i = 0; i < 3; i++)
        {
            using var refused = await host.ChatAsync(Chat);
            Assert.InRange((int)refused.StatusCode, 400, 429);
        }

        await AssertStatusesAsync(host, 201);
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("in band")]
    [InlineData("cut")]
    [InlineData("html")]
    [InlineData("clock")]
    public async Task Every_failure_of_the_destination_counts(string failure)
    {
        var address = failure == "connect" ? "http://127.0.0.1:1/" : null;
        await using var host = await StartAsync(address is null ? [] : new() { ["ReverseProxy:Clusters:openai:Destinations:primary:Address"] = address });
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, failure switch
        {
            "in band" => Script.Sse(OpenAiFrames.Error("boom")),
            "cut" => Script.Sse(OpenAiFrames.Role()).Cut(),
            "html" => Script.Html(200, "<p>login</p>"),
            _ => Script.Sse(OpenAiFrames.Role()).Wait(gate),
        });

        for (var i = 0; i < 2; i++)
        {
            var post = host.ChatAsync(Chat);
            if (failure == "clock")
            {
                var slow = await host.Provider.NextRequestAsync();
                await slow.HeadersSent;
                await AdvanceUntilAsync(host, slow.PeerGone);
            }

            using var failed = await post;
            Assert.InRange((int)failed.StatusCode, 502, 504);
        }

        await AssertStatusesAsync(host, 503);
    }

    [Fact]
    public async Task Metrics_tell_which_destination_rests()
    {
        var states = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == StreamMetrics.Name && instrument.Name.StartsWith("bfproxy.breaker.", StringComparison.Ordinal))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => states[$"{instrument.Name} {string.Join(' ', tags.ToArray().Select(static tag => tag.Value))}"] = value);
        listener.Start();
        await using var host = await StartAsync(new()
        {
            ["BfProxy:Providers:measured:Dialect"] = "openai",
            ["BfProxy:Providers:measured:Cluster"] = "openai",
            ["BfProxy:Providers:measured:ApiKey"] = "sk-measured",
            ["BfProxy:Providers:measured:CircuitBreaker:Enabled"] = "true",
            ["BfProxy:Providers:measured:CircuitBreaker:MinimumThroughput"] = "2",
        });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        for (var i = 0; i < 3; i++)
        {
            using var answer = await host.ChatAsync(Chat + """, "provider":"measured" """);
        }

        listener.RecordObservableInstruments();

        Assert.Equal(2, states["bfproxy.breaker.state measured primary"]);
        Assert.Equal(1, states["bfproxy.breaker.rejected measured"]);
    }

    [Fact]
    public async Task A_breaker_that_cannot_work_is_told_at_start()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new()
        {
            ["BfProxy:Providers:openai:CircuitBreaker:FailureRatio"] = "2",
            ["BfProxy:Providers:openai:CircuitBreaker:MinimumThroughput"] = "1",
            ["BfProxy:Providers:openai:CircuitBreaker:BreakDuration"] = "00:00:00",
        }));

        Assert.Contains("CircuitBreaker:FailureRatio", fault.Message, StringComparison.Ordinal);
        Assert.Contains("CircuitBreaker:MinimumThroughput", fault.Message, StringComparison.Ordinal);
        Assert.Contains("CircuitBreaker:BreakDuration", fault.Message, StringComparison.Ordinal);
    }

    private static async Task OpenAsync(ProxyHost host)
    {
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        await AssertStatusesAsync(host, 502, 502);
    }

    private static async Task AssertStatusesAsync(ProxyHost host, params int[] expected)
    {
        foreach (var status in expected)
        {
            using var answer = await host.ChatAsync(Chat);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    private async Task AdvanceUntilAsync(ProxyHost host, Task done)
    {
        for (var i = 0; i < 130 && !done.IsCompleted; i++)
        {
            using var live = await host.Http.GetAsync(new Uri("health/live", UriKind.Relative));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await done.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private Task<ProxyHost> StartAsync(Dictionary<string, string?>? more = null)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BfProxy:Providers:openai:CircuitBreaker:Enabled"] = "true",
            ["BfProxy:Providers:openai:CircuitBreaker:MinimumThroughput"] = "2",
            ["BfProxy:Providers:openai:CircuitBreaker:SamplingDuration"] = "00:10:00",
        };
        foreach (var (key, value) in more ?? [])
        {
            settings[key] = value;
        }

        return ProxyHost.StartAsync(settings, _time);
    }
}
