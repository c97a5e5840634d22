using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using OpenAI.Chat;

namespace BfProxy.Tests.Chat;

/// <summary><c>POST /stream/create</c> without <c>stream</c>: one response.</summary>
public sealed class BufferedTests
{
    private const string OpenAi = """ "model":"gpt-fake-1" """;

    [Fact]
    public async Task A_buffered_stream_of_OpenAi_equals_what_OpenAi_itself_would_answer()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Hello", " \"world\"\n日"));

        using var answer = await host.ChatAsync(OpenAi);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var expected = JsonNode.Parse($$"""
            {"id":"chatcmpl-Fake0001","object":"chat.completion","created":1790000000,"model":"gpt-fake-1","service_tier":"default","system_fingerprint":"fp_fake",
             "choices":[{"index":0,"message":{"role":"assistant","content":"Hello \"world\"\n日","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],
             "usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0} } }
            """);
        var actual = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        Assert.True(JsonNode.DeepEquals(expected, actual), actual!.ToJsonString());
    }

    [Fact]
    public async Task The_official_client_reads_our_answer_as_its_own_type()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("typed", " text"));

        using var answer = await host.ChatAsync(OpenAi);

        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var completion = System.ClientModel.Primitives.ModelReaderWriter.Read<ChatCompletion>(BinaryData.FromBytes(bytes))!;
        Assert.Equal("typed text", completion.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal(11, completion.Usage.TotalTokenCount);
        Assert.Equal("gpt-fake-1", completion.Model);
    }

    [Fact]
    public async Task Gemini_answers_in_the_same_shape()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("Grüße", " aus", " Köln"));

        using var answer = await host.ChatAsync(""" "provider":"GEMINI","model":"gemini-fake-1" """);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("chat.completion", body["object"]!.GetValue<string>());
        Assert.Equal("Grüße aus Köln", body["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.Equal("stop", body["choices"]![0]!["finish_reason"]!.GetValue<string>());
        Assert.Equal(9, body["usage"]!["prompt_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Passthrough_asks_plainly_and_hands_on_byte_for_byte()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Providers:openai:NonStreaming"] = "Passthrough" });
        const string body = """{ "id" : "x", "anything":[1.50, "日"]  }""";
        host.Provider.Script(OpenAiScripts.Path, Script.Json(200, body));

        using var answer = await host.ChatAsync(OpenAi);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
        Assert.False((await host.Provider.NextRequestAsync()).ReadJson().TryGetProperty("stream", out var stream) && stream.GetBoolean());
    }

    [Theory]
    [InlineData("before headers")]
    [InlineData("before the first token")]
    [InlineData("in the middle")]
    public async Task A_caller_who_hangs_up_cancels_the_provider(string when)
    {
        await using var host = await ProxyHost.StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, when switch
        {
            "before headers" => Script.Empty.Wait(gate),
            "before the first token" => Script.Sse().Wait(gate),
            _ => Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("half")).Wait(gate),
        });
        using var caller = new CancellationTokenSource();

        var post = host.ChatAsync(OpenAi, cancellationToken: caller.Token);
        await gate.ReachedAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
        var seen = await host.Provider.NextRequestAsync();
        await seen.PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_caller_of_a_stream_who_hangs_up_before_the_acknowledgment_cancels_it()
    {
        await using var host = await ProxyHost.StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Empty.Wait(gate));
        using var caller = new CancellationTokenSource();

        var post = host.ChatAsync(OpenAi + """, "stream":true """, cancellationToken: caller.Token);
        await gate.ReachedAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
        await (await host.Provider.NextRequestAsync()).PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
