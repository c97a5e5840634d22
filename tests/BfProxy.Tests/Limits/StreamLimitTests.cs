using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Backplane;
using BfProxy.Limits;
using BfProxy.Tests.Backplane;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.Logging.Abstractions;

namespace BfProxy.Tests.Limits;

/// <summary>What an app may ask of models, on one node and on several.</summary>
public sealed class StreamLimitTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private const string Model = """ "model":"gpt-fake-1" """;

    public static TheoryData<string, string> Calls() => new()
    {
        { "stream/create", ProxyHost.Envelope(Model) },
        { "stream/create", ProxyHost.Envelope(Model + ""","stream":true """) },
        { "llm/query", ProxyHost.Envelope(Model) },
        { "llm/query", ProxyHost.Envelope(Model + ""","stream":true """) },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Requests_beyond_those_of_a_minute_are_429_until_it_is_over(string path, string body)
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Apps:test:RequestsPerMinute"] = "2" }, time);
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));

        await AcceptedAsync(host, path, body);
        time.Advance(TimeSpan.FromSeconds(20));
        await AcceptedAsync(host, path, body);
        await RefusedAsync(host, path, body, "2 requests a minute (RequestsPerMinute)", 40);
        Assert.Equal(2, host.Provider.Requests.Count);

        time.Advance(TimeSpan.FromSeconds(40));
        await AcceptedAsync(host, path, body);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task An_answer_more_than_allowed_at_a_time_is_429_and_one_that_ends_makes_room(string path, string body)
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Apps:test:ConcurrentStreams"] = "1" });
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse().Wait(gate).Frames(OpenAiFrames.Chat("x")), OpenAiScripts.Chat("x"));

        var first = host.PostAsync("stream/create", ProxyHost.Envelope(Model));
        await host.Provider.NextRequestAsync();
        await RefusedAsync(host, path, body, "1 answers at a time (ConcurrentStreams)", 1);
        gate.Release();
        using var answer = await first;
        await AcceptedAsync(host, path, body);
    }

    [Fact]
    public async Task Tokens_that_were_spent_hold_up_the_next_request_for_the_rest_of_the_minute()
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Apps:test:TokensPerMinute"] = "3" }, time);
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("some words that cost more than three tokens"));
        var body = ProxyHost.Envelope(Model);

        await AcceptedAsync(host, "stream/create", body);
        await RefusedAsync(host, "stream/create", body, "3 tokens a minute (TokensPerMinute)", 60);
        time.Advance(TimeSpan.FromMinutes(1));
        await AcceptedAsync(host, "stream/create", body);
    }

    [Fact]
    public async Task Nodes_that_share_a_redis_share_the_limits()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BfProxy:Apps:test:ConcurrentStreams"] = "1",
            ["BfProxy:Apps:test:RequestsPerMinute"] = "3",
            ["BfProxy:Backplane:Redis"] = $"{redis.ConnectionString},channelPrefix={Guid.NewGuid():N}:",
        };
        await using var one = await ProxyHost.StartAsync(settings);
        await using var two = await ProxyHost.StartAsync(settings);
        var gate = new Gate();
        one.Provider.Script(OpenAiScripts.Path, Script.Sse().Wait(gate).Frames(OpenAiFrames.Chat("x")));
        two.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        var body = ProxyHost.Envelope(Model);

        var first = one.PostAsync("stream/create", body);
        await one.Provider.NextRequestAsync();
        await RefusedAsync(two, "stream/create", body, "1 answers at a time (ConcurrentStreams)", 1);
        gate.Release();
        using var answer = await first;
        await AcceptedAsync(two, "stream/create", body);
        await RefusedAsync(one, "stream/create", body, "3 requests a minute (RequestsPerMinute)", null);
    }

    [Fact]
    public async Task A_node_whose_redis_is_away_grants_the_limits_by_itself()
    {
        var gone = new RedisServer();
        await gone.InitializeAsync();
        await using var host = await ProxyHost.StartAsync(new()
        {
            ["BfProxy:Apps:test:RequestsPerMinute"] = "1",
            ["BfProxy:Apps:test:ConcurrentStreams"] = "1",
            ["BfProxy:Backplane:Redis"] = gone.ConnectionString,
        });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        await gone.DisposeAsync();
        var body = ProxyHost.Envelope(Model);

        await AcceptedAsync(host, "stream/create", body);
        await RefusedAsync(host, "stream/create", body, "1 requests a minute (RequestsPerMinute)", null);
    }

    [Fact]
    public async Task The_places_of_a_node_that_lives_are_renewed_and_those_of_a_lost_one_are_not()
    {
        var time = new ManualTimeProvider();
        var store = new MemoryLimitStore(time);
        using var lost = new Places(store, time, NullLogger<Places>.Instance);
        using var alive = new Places(store, time, NullLogger<Places>.Instance);
        Assert.True(await lost.TryTakeAsync("key", "a", 2));
        Assert.True(await alive.TryTakeAsync("key", "b", 2));
        Assert.False(await alive.TryTakeAsync("key", "c", 2));

        time.Advance(TimeSpan.FromSeconds(20));
        await alive.RenewAsync(default);
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.True(await store.TryTakeAsync("key", "c", 2, Places.Lease, default));
        Assert.False(await store.TryTakeAsync("key", "d", 2, Places.Lease, default));
    }

    private static async Task AcceptedAsync(ProxyHost host, string path, string body)
    {
        using var answer = await host.PostAsync(path, body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        await host.Provider.NextRequestAsync();
    }

    private static async Task RefusedAsync(ProxyHost host, string path, string body, string limit, int? retryAfter)
    {
        using var answer = await host.PostAsync(path, body);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("TooManyRequests", error["name"]!.GetValue<string>());
        Assert.Contains(limit, error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(retryAfter ?? answer.Headers.RetryAfter.Delta.Value.TotalSeconds, answer.Headers.RetryAfter.Delta.Value.TotalSeconds);
    }
}
