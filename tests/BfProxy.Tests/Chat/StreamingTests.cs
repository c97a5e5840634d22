using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Chat;

/// <summary><c>POST /stream/create</c> with <c>stream</c>: what the caller and the channels see.</summary>
public sealed class StreamingTests
{
    private const string OpenAi = """ "provider":"openai","model":"gpt-fake-1","stream":true """;
    private const string Gemini = """ "provider":"gemini","model":"gemini-fake-1","stream":true """;

    [Fact]
    public async Task Tokens_of_OpenAi_arrive_on_the_channel_and_end_once()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("A fun", " fact: \"日\" 🚀", "\n."));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(OpenAi);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var acknowledgment = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True(acknowledgment["success"]!.GetValue<bool>());
        Assert.Equal("Streaming setup complete", acknowledgment["message"]!.GetValue<string>());
        var events = await client.ReadStreamAsync();
        Assert.Equal("A fun fact: \"日\" 🚀\n.", ChannelClient.TextOf(events));
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
        Assert.Equal(12, events[^1]["usage"]!["total_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Tokens_of_Gemini_arrive_on_the_channel_and_end_once()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("Ein", " Satz", "."));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(Gemini);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var events = await client.ReadStreamAsync();
        Assert.Equal("Ein Satz.", ChannelClient.TextOf(events));
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Every_frame_says_its_channel_offset_action_stream_and_seq()
    {
        await using var host = await ProxyHost.StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Finish(), OpenAiFrames.Done));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(OpenAi);
        var streamId = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["streamId"]!.GetValue<string>();
        var first = await client.NextAsync();
        gate.Release();
        var second = await client.NextAsync();

        Assert.Equal($$$"""{"channel":"anonymous","offset":1,"actionName":"act","streamId":"{{{streamId}}}","seq":1,"event":{"type":"delta","content":"one"}}""", first.ToJsonString());
        Assert.Equal(2, second["offset"]!.GetValue<int>());
        Assert.Equal(2, second["seq"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_acknowledgment_does_not_wait_for_the_first_byte_of_the_body()
    {
        await using var host = await ProxyHost.StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse().Wait(gate).Frames(OpenAiFrames.Chat("late")));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(OpenAi);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        gate.Release();

        Assert.Equal("late", ChannelClient.TextOf(await client.ReadStreamAsync()));
    }

    [Fact]
    public async Task The_acknowledgment_waits_for_the_providers_headers()
    {
        await using var host = await ProxyHost.StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Empty.Wait(gate).Status(401, "application/json").Text(OpenAiFrames.ErrorBody("Incorrect API key provided", "invalid_request_error", "invalid_api_key")));

        var post = host.ChatAsync(OpenAi);
        await gate.ReachedAsync();
        Assert.False(post.IsCompleted);
        gate.Release();

        using var answer = await post;
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_stream_outlives_its_POST_and_the_connection_is_free_for_the_next_one()
    {
        await using var host = await ProxyHost.StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate).Frames(OpenAiFrames.Chat("still here")));
        await using var client = await host.ConnectAsync();

        using (var answer = await host.ChatAsync(OpenAi))
        {
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }

        using var next = await host.Http.GetAsync(new Uri("health/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        host.Http.CancelPendingRequests();
        gate.Release();
        Assert.Equal("still here", ChannelClient.TextOf(await client.ReadStreamAsync()));
    }

    [Fact]
    public async Task All_channels_of_a_request_see_the_stream()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("to all"));
        await using var one = await host.ConnectAsync();
        await using var two = await host.ConnectAsync();
        await two.JoinAsync("open-room");

        using var answer = await host.ChatAsync(OpenAi, """ "tab|CONN , open-room" """.Replace("CONN", one.ConnectionId, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("to all", ChannelClient.TextOf(await one.ReadStreamAsync()));
        Assert.Equal("to all", ChannelClient.TextOf(await two.ReadStreamAsync()));
    }

    [Fact]
    public async Task A_visitor_who_subscribes_after_the_POST_still_sees_the_first_token()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("first", " second"));

        using var answer = await host.ChatAsync(OpenAi, """["open-late"]""");
        var streamId = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["streamId"]!.GetValue<string>();
        await using var client = await host.ConnectAsync();
        await client.JoinAsync("open-late", new JsonObject { ["streamId"] = streamId });

        Assert.Equal("first second", ChannelClient.TextOf(await client.ReadStreamAsync()));
    }

    [Fact]
    public async Task Tool_calls_become_one_function_call_event_before_the_end()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(
            OpenAiFrames.Role(),
            OpenAiFrames.ToolCall(0, "call_1", "getWeather"),
            OpenAiFrames.ToolArguments(0, "{\"city\":"),
            OpenAiFrames.ToolArguments(0, "\"Köln\",\"userMessage\":\"Looking\"}"),
            OpenAiFrames.Finish("tool_calls"),
            OpenAiFrames.Done));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(OpenAi);

        var events = await client.ReadStreamAsync();
        Assert.Equal(2, events.Count);
        Assert.Equal("function_call", events[0]["type"]!.GetValue<string>());
        var call = events[0]["content"]!["functions"]![0]!;
        Assert.Equal("getWeather", call["name"]!.GetValue<string>());
        Assert.Equal("call_1", call["id"]!.GetValue<string>());
        Assert.Equal("Looking", call["userMessage"]!.GetValue<string>());
        Assert.Equal("Köln", JsonNode.Parse(call["arguments"]!.GetValue<string>())!["city"]!.GetValue<string>());
        Assert.Equal("tool_calls", events[1]["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_provider_gets_its_own_request_and_nothing_of_the_callers()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "stream/create")
        {
            Content = new StringContent(ProxyHost.Envelope(OpenAi + """,  "apiKey":"sk-caller" """)),
        };
        request.Headers.Add("Cookie", "secret=1");
        request.Headers.Add("X-Custom", "1");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var answer = await host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var seen = await host.Provider.NextRequestAsync();
        Assert.Equal("POST", seen.Method);
        Assert.Equal(["Accept", "Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "Host", "User-Agent"], seen.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("Bearer sk-caller", seen.Headers["Authorization"]);
        Assert.Equal("identity", seen.Headers["Accept-Encoding"]);
        var body = seen.ReadJson();
        Assert.False(body.TryGetProperty("apiKey", out _));
        Assert.False(body.TryGetProperty("provider", out _));
        Assert.Equal("gpt-fake-1", body.GetProperty("model").GetString());
        Assert.True(body.GetProperty("stream").GetBoolean());
        Assert.DoesNotContain(answer.Headers, static header => header.Key.StartsWith("x-", StringComparison.OrdinalIgnoreCase) && header.Key != "X-Content-Type-Options");
    }

    [Fact]
    public async Task The_servers_key_is_used_where_the_request_brings_none()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("x"));

        using var answer = await host.ChatAsync(Gemini);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("AIza-server", (await host.Provider.NextRequestAsync()).Headers["x-goog-api-key"]);
    }

    [Fact]
    public async Task Keys_and_words_of_a_stream_are_in_no_log()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Completionword"));
        await using var client = await host.ConnectAsync();
        var body = ProxyHost.Envelope(OpenAi + """, "apiKey":"sk-Callerkey", "system":"Promptword" """);

        using var answer = await host.PostAsync("stream/create", body);
        await client.ReadStreamAsync();
        await host.StopAsync();

        foreach (var secret in new[] { "sk-Callerkey", "Promptword", "Completionword", ProxyHost.AppKey })
        {
            Assert.DoesNotContain(secret, host.Logs, StringComparison.Ordinal);
        }
    }
}
