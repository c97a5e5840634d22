using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using BfProxy.Demo;
using OpenAI;
using OpenAI.Chat;

namespace BfProxy.Tests.Demo;

/// <summary>The demo as the official OpenAI client sees it.</summary>
public sealed class DemoProviderTests : IAsyncLifetime
{
    private DemoProvider _provider = null!;

    public async Task InitializeAsync() => _provider = await DemoProvider.StartAsync(TimeProvider.System, CancellationToken.None);

    public Task DisposeAsync() => _provider.StoppedAsync(CancellationToken.None);

    [Fact]
    public async Task A_stream_brings_the_text_in_pieces_then_its_reason_and_usage()
    {
        var updates = new List<StreamingChatCompletionUpdate>();
        await foreach (var update in Client("demo-fast").CompleteChatStreamingAsync(new UserChatMessage("A short poem")))
        {
            updates.Add(update);
        }

        var pieces = updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text).Where(text => text.Length > 0).ToList();
        Assert.Equal(DemoAnswers.For("poem"), string.Concat(pieces));
        Assert.True(pieces.Count > 20);
        Assert.Equal(ChatFinishReason.Stop, updates.Last(update => update.FinishReason is not null).FinishReason);
        Assert.Equal(pieces.Count, updates[^1].Usage.OutputTokenCount);
        Assert.Single(updates.Select(update => update.CompletionId).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_plain_answer_holds_the_same_text()
    {
        ChatCompletion answer = await Client("demo-fast").CompleteChatAsync(new SystemChatMessage("Be brief"), new UserChatMessage("A short poem"));

        Assert.Equal(DemoAnswers.For("poem"), answer.Content.Single().Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal("demo-fast", answer.Model);
    }

    [Fact]
    public async Task A_limit_of_tokens_ends_the_answer_with_length()
    {
        ChatCompletion answer = await Client("demo-fast").CompleteChatAsync(
            [new UserChatMessage("A short poem")],
            new ChatCompletionOptions { MaxOutputTokenCount = 5 });

        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal(5, answer.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        var refusal = await Assert.ThrowsAsync<ClientResultException>(async () => await Client("gpt-none").CompleteChatAsync(new UserChatMessage("Hello")));

        Assert.Equal(404, refusal.Status);
        Assert.Contains("\"code\":\"model_not_found\"", BodyOf(refusal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_says_when_to_try_again()
    {
        var refusal = await Assert.ThrowsAsync<ClientResultException>(async () => await Client("demo-refuse").CompleteChatAsync(new UserChatMessage("Hello")));

        Assert.Equal(429, refusal.Status);
        Assert.True(refusal.GetRawResponse()!.Headers.TryGetValue("Retry-After", out var seconds));
        Assert.Equal("20", seconds);
    }

    [Theory]
    [InlineData("""{"model":"demo","messages":[]}""", "\"param\":\"messages\"")]
    [InlineData("""{"model":"demo"}""", "\"param\":\"messages\"")]
    [InlineData("""{"messages":[{"role":"user","content":"Hello"}]}""", "\"param\":\"model\"")]
    [InlineData("""{"model":""", "not a JSON object")]
    [InlineData("[]", "not a JSON object")]
    public async Task A_bad_request_names_its_fault(string body, string words)
    {
        var refusal = await Assert.ThrowsAsync<ClientResultException>(() => Client("demo").CompleteChatAsync(BinaryContent.Create(BinaryData.FromString(body))));

        Assert.Equal(400, refusal.Status);
        Assert.Contains(words, BodyOf(refusal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_fails_has_an_error_frame_and_no_end()
    {
        const string Body = """{"model":"demo-error","stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"poem"}]}]}""";
        var result = await Client("demo-error").CompleteChatAsync(BinaryContent.Create(BinaryData.FromString(Body)));
        var frames = result.GetRawResponse().Content.ToString();

        Assert.StartsWith("data: {", frames, StringComparison.Ordinal);
        Assert.Contains("The words come", Text(frames), StringComparison.Ordinal);
        Assert.Contains("data: {\"error\":{", frames, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", frames, StringComparison.Ordinal);
        Assert.DoesNotContain("\"finish_reason\":\"", frames, StringComparison.Ordinal);
    }

    private static string BodyOf(ClientResultException refusal) => refusal.GetRawResponse()!.Content.ToString();

    private static string Text(string frames)
    {
        var text = new StringBuilder();
        foreach (var frame in frames.Split("\n\n").Where(frame => frame.Contains("\"content\":\"", StringComparison.Ordinal)))
        {
            text.Append(frame.Split("\"content\":\"")[1].Split('"')[0]);
        }

        return text.ToString();
    }

    private ChatClient Client(string model) => new(model, new ApiKeyCredential("none"), new OpenAIClientOptions
    {
        Endpoint = new Uri(_provider.Address, "v1"),
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
    });
}
