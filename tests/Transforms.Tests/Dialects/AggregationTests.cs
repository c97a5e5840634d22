using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class AggregationTests
{
    private const string Escaped = """日本 é \u00e9 \ud83d\ude80 \"q\" \\ \/ \b\f\n\r\t \u0000""";

    [Theory]
    [InlineData("openai", """{"choices":[{"index":0,"delta":{"content":"~"}}]}""", """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""")]
    [InlineData("gemini", """{"candidates": [{"content": {"parts": [{"text": "~"}]}}]}""", """{"candidates": [{"finishReason": "STOP"}]}""")]
    [InlineData("openai-responses", """{"type":"response.output_text.delta","delta":"~"}""", """{"type":"response.completed","response":{}}""")]
    [InlineData("anthropic", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"~"}}""", """{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""")]
    public void Text_stays_escaped_as_the_provider_wrote_it(string provider, string chunk, string end)
    {
        var text = chunk.Replace("~", Escaped, StringComparison.Ordinal);

        var completion = Aggregate(provider, [text, text, text, end]);

        Assert.Contains($"\"content\":\"{Escaped}{Escaped}{Escaped}\"", completion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", """{"choices":[{"index":0,"delta":{"content":"~"}}]}""", """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""")]
    [InlineData("gemini", """{"candidates": [{"content": {"parts": [{"text": "~"}]}}]}""", """{"candidates": [{"finishReason": "STOP"}]}""")]
    [InlineData("openai-responses", """{"type":"response.output_text.delta","delta":"~"}""", """{"type":"response.completed","response":{}}""")]
    [InlineData("anthropic", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"~"}}""", """{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""")]
    public void A_long_answer_comes_out_whole(string provider, string chunk, string end)
    {
        var words = Enumerable.Range(0, 50_000).Select(n => $"w{n} ").ToArray();

        var completion = Aggregate(provider, [.. words.Select(word => chunk.Replace("~", word, StringComparison.Ordinal)), end]);

        Assert.Equal(string.Concat(words), JsonNode.Parse(completion)!["choices"]![0]!["message"]!["content"]!.GetValue<string>());
    }

    [Fact]
    public void Numbers_keep_their_digits()
    {
        var completion = Aggregate("openai", ["""{"created":1.0,"x":1e3,"big":123456789012345678901234567890,"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"""]);

        Assert.Contains("\"created\":1.0,\"x\":1e3,\"big\":123456789012345678901234567890,", completion, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_without_text_is_null_where_the_model_said_nothing_and_empty_where_it_said_nothing_yet()
    {
        var silent = Aggregate("openai", ["""{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}""", """{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"""]);
        var called = Aggregate("openai", ["""{"choices":[{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[{"index":0,"id":"a","function":{"name":"f"}}]},"finish_reason":"stop"}]}"""]);

        Assert.Equal(JsonValueKind.String, Content(silent));
        Assert.Equal(JsonValueKind.Null, Content(called));
    }

    [Fact]
    public void Only_a_reader_made_for_it_gives_a_completion()
    {
        foreach (var name in new DialectCatalog(TimeProvider.System).Names)
        {
            var reader = DialectCatalog.Find(name)!.CreateReader(aggregate: false);

            Assert.Throws<InvalidOperationException>(() => reader.WriteCompletion(new ArrayBufferWriter<byte>()));
        }
    }

    [Theory]
    [InlineData("openai", "tool-calls-forced-stop", "save_note", false)]
    [InlineData("openai", "tool-calls-parallel", "tide_table", true)]
    [InlineData("openai", "function-call-legacy", "look_up", false)]
    [InlineData("gemini", "gemini3-signature", "ping", false)]
    [InlineData("gemini", "parallel-calls", "tide_table", true)]
    [InlineData("openai-responses", "tool-call", "tide_table", false)]
    [InlineData("openai-responses", "parallel-calls", "tide_table", true)]
    [InlineData("anthropic", "tool-call", "tide_table", false)]
    [InlineData("anthropic", "parallel-calls", "tide_table", true)]
    public void A_request_with_functions_is_answered_with_a_function_call(string provider, string name, string function, bool hasMore)
    {
        var reader = DialectCatalog.Find(provider)!.CreateReader(aggregate: true);
        using var transform = new StreamTransform(reader, new EventLines(), new StreamLimits());
        transform.Push(new Fixture(provider, name).Stream);
        transform.Complete();
        reader.WriteCompletion(new ArrayBufferWriter<byte>());
        var output = new ArrayBufferWriter<byte>();

        reader.UsesFunctions = true;
        reader.WriteCompletion(output);

        var choice = JsonNode.Parse(output.WrittenSpan)!["choices"]![0]!;
        Assert.Equal(function, (string?)choice["message"]!["function_call"]!["name"]);
        Assert.Equal(hasMore, choice["message"]!["tool_calls"] is not null);
        Assert.False((string?)choice["finish_reason"] == "tool_calls");
    }

    private static JsonValueKind Content(string completion)
    {
        using var document = JsonDocument.Parse(completion);
        return document.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").ValueKind;
    }

    private static string Aggregate(string provider, IReadOnlyList<string> chunks)
    {
        var stream = Encoding.UTF8.GetBytes(string.Concat(chunks.Select(chunk => $"data: {chunk}\n\n")));
        Fixture.Read(provider, aggregate: true, transform => transform.Push(stream), out var completion);
        return completion;
    }
}
