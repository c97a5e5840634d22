using System.Net;
using BfProxy.Forwarding;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Forwarding;

/// <summary>Each failure of a provider, on each route, streaming and not: before the first token another provider answers in its place, afterwards the failure is told.</summary>
public sealed class FallbackMatrixTests
{
    /// <summary>Routes that are looked at closer.</summary>
    private static readonly string[] Routes = ["stream/create", "llm/query"];

    internal static readonly string[] EveryRoute = [.. Routes, MatrixHost.Deliver, MatrixHost.Assistants, MatrixHost.Sessions];

    /// <summary>What the provider does, the status or code that it comes to, and whether a stream is refused by it before it began.</summary>
    internal static readonly (string Failure, int Code, bool IsRefused)[] Failures =
    [
        ("400", 400, true), ("401", 401, true), ("404", 404, true), ("429", 429, true), ("quota", 429, true), ("500", 502, true), ("503", 502, true),
        ("html 200", 502, true), ("html 502", 502, true), ("gzip", 502, true), ("redirect", 502, true), ("reset before headers", 502, true), ("closed before headers", 502, true),
        ("nothing", 502, false), ("error in band", 502, false), ("rate in band", 429, false), ("cut before content", 502, false),
        ("reset", 502, false), ("cut", 502, false), ("end without its end", 502, false), ("error after content", 502, false),
    ];

    public static TheoryData<string, string, bool> Early() => Cross(EveryRoute, "500", "503", "429", "quota", "html 200", "html 502", "gzip", "redirect", "reset before headers", "closed before headers", "nothing", "error in band", "rate in band", "cut before content");

    public static TheoryData<string, string, bool> Hopeless() => Cross(Routes, "400", "401", "404");

    public static TheoryData<string, string, bool> Late() => Cross(Routes, "reset", "cut", "end without its end", "error after content");

    public static TheoryData<string, string, bool> Every() => Cross(EveryRoute, [.. Failures.Select(static known => known.Failure)]);

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Without_another_provider_each_failure_is_told_on_each_route(string failure, string route, bool stream)
    {
        var (_, code, isRefused) = Failures.Single(known => known.Failure == failure);
        await using var host = await MatrixHost.StartAsync(route, stream);
        host.Provider.Script(OpenAiScripts.Path, Failure(failure));

        var answer = await host.AskAsync();

        if (route == MatrixHost.Sessions)
        {
            Assert.Equal(stream ? code : 0, answer.Error);
        }
        else
        {
            Assert.Equal((code, isRefused || !stream), (answer.Error, answer.IsRefused));
        }

        Assert.Equal(stream && IsLate(failure) ? "some" : "", stream ? answer.Text : "");
        Assert.Single(host.Provider.Requests);
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Early))]
    public async Task Before_the_first_token_another_provider_answers_unseen(string failure, string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream, WithFallback());
        host.Provider.Script(OpenAiScripts.Path, Failure(failure));
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("in ", "its place"));

        var answer = await host.AskAsync();

        Assert.Null(answer.Error);
        Assert.Contains("in its place", answer.Text, StringComparison.Ordinal);
        Assert.Equal(stream ? ("in its place", "stop") : (answer.Text, null), (answer.Text, answer.FinishReason));
        Assert.Equal([OpenAiScripts.Path, GeminiScripts.StreamPath()], host.Provider.Requests.Select(request => request.Path));
        Assert.Equal("AIza-server", host.Provider.Requests[1].Headers["x-goog-api-key"]);
        Assert.DoesNotContain("sk-server", string.Concat(host.Provider.Requests[1].Headers.Values) + host.Proxy.Logs, StringComparison.Ordinal);
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Hopeless))]
    public async Task What_is_wrong_with_the_request_is_told_at_once(string failure, string route, bool stream)
    {
        await using var host = await StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Failure(failure));

        using var answer = await host.PostAsync(route, Body(stream));

        Assert.Equal(int.Parse(failure, System.Globalization.CultureInfo.InvariantCulture), (int)answer.StatusCode);
        Assert.Single(host.Provider.Requests);
        await AssertNothingIsLeftAsync(host);
    }

    [Theory]
    [MemberData(nameof(Late))]
    public async Task After_the_first_token_the_failure_is_told(string failure, string route, bool stream)
    {
        await using var host = await StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Failure(failure));
        await using var client = await host.ConnectAsync();

        using var answer = await host.PostAsync(route, Body(stream));

        if (stream)
        {
            var events = await client.ReadStreamAsync();
            Assert.Equal("some", ChannelClient.TextOf(events));
            Assert.Equal(502, events[^2]["error"]!["code"]!.GetValue<int>());
            Assert.Equal("error", events[^1]["finish_reason"]!.GetValue<string>());
        }
        else
        {
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }

        Assert.Single(host.Provider.Requests);
        await client.DisposeAsync();
        await AssertNothingIsLeftAsync(host);
    }

    [Theory]
    [InlineData("stream/create", true)]
    [InlineData("stream/create", false)]
    [InlineData("llm/query", true)]
    [InlineData("llm/query", false)]
    public async Task A_provider_without_a_first_token_is_left_by_its_clock_and_sees_it(string route, bool stream)
    {
        var time = new ManualTimeProvider();
        await using var host = await StartAsync(time: time);
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate));
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("in its place"));
        await using var client = await host.ConnectAsync();

        var post = host.PostAsync(route, Body(stream));
        await gate.ReachedAsync();
        var slow = await host.Provider.NextRequestAsync();
        await AdvanceUntilAsync(time, host, slow.PeerGone, seconds: 130);

        using var answer = await post;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        if (stream)
        {
            Assert.Equal("in its place", ChannelClient.TextOf(await client.ReadStreamAsync()));
        }

        await client.DisposeAsync();
        await AssertNothingIsLeftAsync(host);
    }

    [Fact]
    public async Task Where_all_fail_the_channels_get_the_last_status_and_one_end()
    {
        await using var host = await StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Failure("error in band"));
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.RateLimited());
        await using var client = await host.ConnectAsync();

        using var answer = await host.PostAsync("stream/create", Body(stream: true));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var events = await client.ReadStreamAsync();
        Assert.Equal(2, events.Count);
        Assert.Equal(429, events[0]["error"]!["code"]!.GetValue<int>());
        Assert.Equal("error", events[1]["finish_reason"]!.GetValue<string>());
        await client.DisposeAsync();
        await AssertNothingIsLeftAsync(host);
    }

    private static Task<ProxyHost> StartAsync(TimeProvider? time = null) => ProxyHost.StartAsync(WithFallback(), time);

    private static Dictionary<string, string?> WithFallback() => new(StringComparer.Ordinal)
    {
        ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "gemini",
        ["BfProxy:Providers:openai:Fallbacks:0:Model"] = GeminiFrames.Model,
    };

    private static string Body(bool stream) => ProxyHost.Envelope($""" "model":"gpt-fake-1","stream":{(stream ? "true" : "false")} """);

    private static TheoryData<string, string, bool> Cross(string[] routes, params string[] failures)
    {
        var data = new TheoryData<string, string, bool>();
        foreach (var (failure, route) in failures.SelectMany(failure => routes.Select(route => (failure, route))))
        {
            data.Add(failure, route, true);
            if (route != MatrixHost.Deliver)
            {
                data.Add(failure, route, false);
            }
        }

        return data;
    }

    private static bool IsLate(string failure) => failure is "reset" or "cut" or "end without its end" or "error after content";

    internal static Script Failure(string name) => name switch
    {
        "400" => OpenAiScripts.Error(400, "no"),
        "401" => OpenAiScripts.BadKey(),
        "404" => OpenAiScripts.UnknownModel("gpt-fake-1"),
        "500" => OpenAiScripts.ServerError(),
        "503" => OpenAiScripts.Overloaded("3"),
        "429" => OpenAiScripts.RateLimited(),
        "quota" => OpenAiScripts.QuotaExhausted(),
        "html 200" => Script.Html(200, "<p>login</p>"),
        "html 502" => Script.Html(502, "<p>bad gateway</p>"),
        "gzip" => Script.GzippedSse(OpenAiFrames.Chat("x")),
        "redirect" => Script.Redirect("http://127.0.0.1:1/"),
        "reset before headers" => Script.Empty.Reset(),
        "closed before headers" => Script.Empty.Cut(),
        "nothing" => Script.Sse(),
        "error in band" => Script.Sse(OpenAiFrames.Error("boom")),
        "rate in band" => Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Error("slow down", "rate_limit_error", "rate_limit_exceeded")),
        "cut before content" => Script.Sse(OpenAiFrames.Role()).Cut(),
        "reset" => Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Reset(),
        "cut" => Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Cut(),
        "end without its end" => Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")),
        "error after content" => Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some"), OpenAiFrames.Error("boom")),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>Every connection of the provider is free or closed, and no stream is counted as running.</summary>
    private static async Task AssertNothingIsLeftAsync(ProxyHost host)
    {
        foreach (var request in host.Provider.Requests)
        {
            await request.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        }

        await host.StopAsync();
        Assert.Equal(0, host.Services.GetRequiredService<RunningStreams>().Count);
    }

    private static async Task AdvanceUntilAsync(ManualTimeProvider time, ProxyHost host, Task done, int seconds)
    {
        for (var i = 0; i < seconds && !done.IsCompleted; i++)
        {
            using var live = await host.Http.GetAsync(new Uri("health/live", UriKind.Relative));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        await done.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
