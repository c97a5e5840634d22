using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Configuration;
using BfProxy.Telemetry;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>The same call again, other keys, and whose key goes where.</summary>
public sealed class RetryTests
{
    private const string Chat = """ "model":"gpt-fake-1" """;

    [Fact]
    public async Task Nothing_is_tried_again_unless_configured()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError(), OpenAiScripts.Chat("late"));

        using var answer = await host.ChatAsync(Chat);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Single(host.Provider.Requests);
    }

    [Theory]
    [InlineData("retry-after-ms")]
    [InlineData("Retry-After")]
    [InlineData("RetryInfo")]
    public async Task A_retry_waits_as_long_as_the_provider_asks(string hint)
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(Retry(hint == "RetryInfo" ? "gemini" : "openai"), time);
        host.Provider.Script(OpenAiScripts.Path, Limited(hint, hint == "Retry-After" ? "4" : "4000"), OpenAiScripts.Chat("late"));
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.RateLimited("4s"), GeminiScripts.Chat("late"));

        var post = host.ChatAsync(hint == "RetryInfo" ? $""" "provider":"gemini","model":"{GeminiFrames.Model}" """ : Chat);
        await time.TimerAsync(TimeSpan.FromSeconds(4));
        Assert.Single(host.Provider.Requests);
        time.Advance(TimeSpan.FromSeconds(4));

        using var answer = await post;
        Assert.Equal(2, host.Provider.Requests.Count);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Contains("late", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("drain")]
    public async Task A_stream_that_waits_for_its_retry_ends_by_name(string how)
    {
        // So long that chance does not make nothing of it.
        await using var host = await ProxyHost.StartAsync(new(Retry("openai"), StringComparer.Ordinal) { ["BfProxy:Providers:openai:Retry:Delay"] = "00:00:05" }, new ManualTimeProvider());
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Error("boom")));
        await using var client = await host.ConnectAsync();
        using var answer = await host.ChatAsync(Chat + """, "stream":true """);
        var id = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["streamId"]!.GetValue<string>();
        await host.LoggedAsync("failed an attempt");

        if (how == "stop")
        {
            using var stop = await host.PostAsync("llm/query/stop", $$"""{"streamId":"{{id}}"}""");
        }
        else
        {
            await host.StopAsync();
        }

        var events = await client.ReadStreamAsync();
        Assert.Equal(how == "stop" ? "stopped" : "error", events[^1]["finish_reason"]!.GetValue<string>());
        Assert.Equal(how == "stop" ? 1 : 2, events.Count);
        Assert.Equal(how == "stop" ? "end" : "error", events[0]["type"]!.GetValue<string>());
        Assert.Single(host.Provider.Requests);
    }

    [Theory]
    [InlineData("quota")]
    [InlineData("longer than MaxDelay")]
    [InlineData("bad request")]
    public async Task What_waiting_does_not_mend_is_not_tried_again(string failure)
    {
        await using var host = await ProxyHost.StartAsync(Retry("openai"));
        var script = failure switch
        {
            "quota" => OpenAiScripts.QuotaExhausted(),
            "bad request" => OpenAiScripts.Error(400, "no"),
            _ => OpenAiScripts.RateLimited("60"),
        };
        host.Provider.Script(OpenAiScripts.Path, script);

        using var answer = await host.ChatAsync(Chat);

        Assert.Equal(failure == "bad request" ? 400 : 429, (int)answer.StatusCode);
        Assert.Single(host.Provider.Requests);
    }

    [Fact]
    public async Task A_key_that_is_refused_rests_and_the_call_goes_on_with_the_next()
    {
        await using var host = await ProxyHost.StartAsync(new()
        {
            ["BfProxy:Providers:openai:ApiKey"] = "",
            ["BfProxy:Providers:openai:ApiKeys:0"] = "sk-one",
            ["BfProxy:Providers:openai:ApiKeys:1"] = "sk-two",
        });
        host.Provider.Handle(OpenAiScripts.Path, static request => KeyOf(request) == "Bearer sk-one" ? OpenAiScripts.RateLimited("600") : OpenAiScripts.Chat("fine"));

        for (var i = 0; i < 3; i++)
        {
            using var answer = await host.ChatAsync(Chat);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }

        Assert.Equal(["Bearer sk-one", "Bearer sk-two", "Bearer sk-two", "Bearer sk-two"], host.Provider.Requests.Select(KeyOf));
        Assert.DoesNotContain("sk-one", host.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_every_key_is_refused_each_is_tried_once()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Providers:openai:ApiKeys:0"] = "sk-two" });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.RateLimited("60"));

        using var answer = await host.ChatAsync(Chat);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(2, host.Provider.Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_callers_own_key_stays_with_its_provider(bool fallbackOnServerKey)
    {
        await using var host = await ProxyHost.StartAsync(new()
        {
            ["BfProxy:Providers:openai:ApiKeys:0"] = "sk-two",
            ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "gemini",
            ["BfProxy:Providers:openai:Fallbacks:0:Model"] = GeminiFrames.Model,
            ["BfProxy:Apps:test:FallbackOnServerKey"] = fallbackOnServerKey.ToString(),
        });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.RateLimited());
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("fine"));

        using var answer = await host.ChatAsync(Chat + """, "apiKey":"sk-mine" """);

        Assert.Equal(fallbackOnServerKey ? HttpStatusCode.Created : HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(fallbackOnServerKey ? 2 : 1, host.Provider.Requests.Count);
        Assert.Equal("Bearer sk-mine", KeyOf(host.Provider.Requests[0]));
        Assert.DoesNotContain(host.Provider.Requests.Skip(1), request => request.Headers.Values.Any(value => value.Contains("sk-mine", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fallbacks_that_may_not_be_used_are_passed_over_and_log_and_trace_say_so()
    {
        var events = new ConcurrentBag<ActivityEvent>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == StreamMetrics.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => activity.Events.ToList().ForEach(events.Add),
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await ProxyHost.StartAsync(new()
        {
            ["BfProxy:Providers:traced:Dialect"] = "openai",
            ["BfProxy:Providers:traced:Cluster"] = "openai",
            ["BfProxy:Providers:traced:ApiKey"] = "sk-traced",
            ["BfProxy:Providers:traced:Fallbacks:0:Provider"] = "gemini",
            ["BfProxy:Providers:traced:Fallbacks:1:Provider"] = "anthropic",
            ["BfProxy:Providers:traced:Fallbacks:1:Model"] = "claude-fake",
            ["BfProxy:Apps:test:Providers:0"] = "traced",
            ["BfProxy:Apps:test:Providers:1"] = "anthropic",
        });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        host.Provider.Script("/v1/messages", AnthropicScripts.Chat("fine"));

        using var answer = await host.ChatAsync(Chat + """, "provider":"traced" """);
        await answer.Content.ReadAsStringAsync();
        await host.StopAsync();

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        await host.LoggedAsync("gemini is passed over as a fallback: the app may not use it");
        await host.LoggedAsync("traced failed an attempt before its first token with 502");
        Assert.Contains(events, e => e.Name == "bfproxy.attempt.failed" && e.Tags.Any(tag => tag.Value as string == "traced"));
        Assert.DoesNotContain("sk-traced", host.Logs + string.Concat(events.SelectMany(e => e.Tags).Select(tag => tag.Value)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fallback_that_does_not_exist_and_a_wrong_retry_are_told_at_start()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new()
        {
            ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "nobody",
            ["BfProxy:Providers:openai:Retry:Attempts"] = "11",
            ["BfProxy:Providers:openai:Retry:Delay"] = "-00:00:01",
        }));

        Assert.Contains("openai:Fallbacks:0:Provider", fault.Message, StringComparison.Ordinal);
        Assert.Contains("openai:Retry:Attempts", fault.Message, StringComparison.Ordinal);
        Assert.Contains("openai:Retry:Delay", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Asks again, a whole request apart, until something is so.</summary>
    private static Script Limited(string header, string value) =>
        Script.Empty.Status(429, "application/json").Header(header, value).Text(OpenAiFrames.ErrorBody("slow down", "rate_limit_error", "rate_limit_exceeded"));

    private static string KeyOf(SeenRequest request) => request.Headers["Authorization"];

    private static Dictionary<string, string?> Retry(string provider) => new(StringComparer.Ordinal)
    {
        [$"BfProxy:Providers:{provider}:Retry:Attempts"] = "2",
        [$"BfProxy:Providers:{provider}:Retry:Delay"] = "00:00:00.010",
        [$"BfProxy:Providers:{provider}:Retry:MaxDelay"] = "00:00:05",
    };
}
