using System.Text;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;
using BfProxy.Transforms.Tests.Dialects;

namespace BfProxy.Transforms.Tests.Pipeline;

public sealed class UsageTests
{
    private const int RequestBytes = 400;

    [Theory]
    [InlineData("openai", "plain-text", UsageSource.Reported, 21, 9)]
    [InlineData("openai-responses", "plain-text", UsageSource.Reported, 21, 9)]
    [InlineData("gemini", "parallel-calls", UsageSource.Reported, 20, 12)]
    [InlineData("anthropic", "plain-text", UsageSource.Reported, 12, 9)]
    [InlineData("anthropic", "truncated", UsageSource.Partial, 12, 2)]
    [InlineData("openai", "cut-between-frames", UsageSource.Estimated, 100, null)]
    [InlineData("openai-responses", "truncated", UsageSource.Estimated, 100, 2)]
    public void A_stream_that_ends_in_whatever_way_has_a_count_and_says_how_it_is_known(string dialect, string name, UsageSource source, long prompt, int? completion)
    {
        var events = new EventLines();
        using var transform = new StreamTransform(DialectCatalog.Find(dialect)!.CreateReader(aggregate: false), events, new StreamLimits());
        transform.Push(new Fixture(dialect, name).Stream);
        transform.Complete();

        var counted = transform.CountUsage(RequestBytes)!.Value;

        Assert.Equal((source, prompt), (counted.Source, counted.Usage.PromptTokens));
        Assert.Equal(completion ?? (Encoding.UTF8.GetByteCount(events.Text) + 3) / 4, counted.Usage.CompletionTokens);
    }

    [Fact]
    public void What_was_said_counts_before_the_end_too()
    {
        using var transform = new StreamTransform(DialectCatalog.Find("anthropic")!.CreateReader(aggregate: false), new EventLines(), new StreamLimits());
        transform.Push("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":7,\"output_tokens\":1}}}\n\n"u8);
        transform.Push("data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Twelve bytes\"}}\n\n"u8);

        Assert.Equal(new CountedUsage(new Usage(7, 3), UsageSource.Partial), transform.CountUsage(RequestBytes));
    }
}
