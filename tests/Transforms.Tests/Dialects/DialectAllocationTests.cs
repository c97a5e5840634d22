using System.Text;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;
using BfProxy.Transforms.Tests.Pipeline;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class DialectAllocationTests
{
    private const int Deltas = 10_000;
    private const int Passes = 5;

    private const string OpenAi = """data: {"id":"c-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"tok~"},"finish_reason":null}],"usage":null}""";
    private const string OpenAiPadded = """data: {"id":"c-1","choices":[{"index":0,"delta":{"content":"tok~ \u00e9 é"},"finish_reason":null}],"obfuscation":"p~"}""";
    private const string OpenAiUntypical = """data: {"id":"c-~","choices":[{"index":0,"delta":{"content":"tok~"},"finish_reason":null}],"usage":{"completion_tokens":~}}""";
    private const string Gemini = """data: {"candidates": [{"content": {"parts": [{"text": "tok~"}]},"index": 0}],"usageMetadata": {"promptTokenCount": 5,"candidatesTokenCount": ~}}""";
    private const string GeminiUntypical = """data: {"candidates": [{"content": {"parts": [{"text": "tok"},{"text": "en"}]}}],"usageMetadata": {"candidatesTokenCount": ~},"responseId": "~"}""";
    private const string Anthropic = "event: content_block_delta\n" + """data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"tok~"}      }""";
    private const string AnthropicUntypical = """data: {"index":~,"type":"content_block_delta","delta":{"text":"tok~ \u00e9","type":"text_delta"}}""";
    private const string AnthropicThinking = """data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm ~"}}""" + "\n\n" + Anthropic;

    private const string Responses = "event: response.output_text.delta\n"
        + """data: {"type":"response.output_text.delta","content_index":0,"delta":"tok~","item_id":"m","logprobs":[],"obfuscation":"p~","output_index":0,"sequence_number":1~}""";

    private const string ResponsesUntypical = """data: {"type":"response.output_text.delta","obfuscation":"p~","delta":"tok~ \u00e9","item_id":"m~","sequence_number":1~}""";

    [Theory]
    [InlineData("openai-responses", Responses, 1)]
    [InlineData("openai-responses", ResponsesUntypical, 1)]
    [InlineData("anthropic", Anthropic, 1)]
    [InlineData("anthropic", AnthropicUntypical, 1)]
    [InlineData("anthropic", AnthropicThinking, 1)]
    [InlineData("openai", OpenAi, 1)]
    [InlineData("openai", OpenAiPadded, 1)]
    [InlineData("openai", OpenAiUntypical, 1)]
    [InlineData("gemini", Gemini, 1)]
    [InlineData("gemini", GeminiUntypical, 2)]
    public void A_delta_costs_no_allocation(string provider, string frame, int deltasPerFrame)
    {
        var stream = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Deltas).Select(n => frame.Replace("~", $"{n}", StringComparison.Ordinal) + "\n\n")));
        var sink = new CountingSink();
        using var transform = new StreamTransform(DialectCatalog.Find(provider)!.CreateReader(aggregate: false), sink, new StreamLimits { MaxResponseBytes = long.MaxValue });

        // A collection that another test causes counts the rest of this thread's allocation buffer; it does not do so every time.
        var allocated = Enumerable.Range(0, Passes).Select(_ => Allocated(transform, stream)).ToList();

        Assert.Equal(Passes * Deltas * deltasPerFrame, sink.Deltas);
        Assert.Equal(0, allocated.Min());
    }

    private static long Allocated(StreamTransform transform, byte[] stream)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Push(transform, stream);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Push(StreamTransform transform, ReadOnlySpan<byte> stream)
    {
        while (!stream.IsEmpty)
        {
            var read = stream[..Math.Min(1000, stream.Length)];
            transform.Push(read);
            stream = stream[read.Length..];
        }
    }
}
