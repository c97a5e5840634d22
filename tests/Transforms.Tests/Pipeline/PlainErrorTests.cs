using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;

namespace BfProxy.Transforms.Tests.Pipeline;

/// <summary>Errors that providers send as a plain body, under 200, where a stream was asked for.</summary>
public sealed class PlainErrorTests
{
    [Theory]
    [Chunked("openai", "{\n  \"error\": {\n    \"message\": \"Slow down.\",\n    \"type\": \"requests\",\n    \"code\": \"rate_limit_exceeded\"\n  }\n}\n")]
    [Chunked("gemini", "{\n  \"error\": {\n    \"code\": 429,\n    \"message\": \"Slow down.\",\n    \"status\": \"RESOURCE_EXHAUSTED\"\n  }\n}\n")]
    [Chunked("gemini", "[{\n  \"error\": {\n    \"code\": 429,\n    \"message\": \"Slow down.\",\n    \"status\": \"RESOURCE_EXHAUSTED\"\n  }\n}\n]")]
    public void The_provider_s_own_words_and_kind_are_kept(StreamShape shape, string dialect, string body) => shape.Run(body, feed =>
    {
        var error = Transform(dialect, feed);
        Assert.Equal("Slow down.", error.ProviderMessage);
        Assert.Equal(BfErrorKind.RateLimit, error.Kind);
    });

    [Theory]
    [Chunked("openai", "{\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}")]
    [Chunked("gemini", "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}]},\"finishReason\":\"STOP\"}]}")]
    public void A_plain_answer_does_not_pass_for_a_stream(StreamShape shape, string dialect, string body) =>
        shape.Run(body, feed => Assert.Equal(BfErrorKind.Malformed, Transform(dialect, feed).Kind));

    private static BfError Transform(string dialect, StreamFeed feed)
    {
        var sink = new RecordingSink();
        using var transform = new StreamTransform(DialectCatalog.Find(dialect)!.CreateReader(aggregate: false), sink, new StreamLimits());
        feed.Into(transform.Push);
        transform.Complete();
        Assert.Single(sink.Calls);
        return sink.LastError!;
    }
}
