using System.Text;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class MalformedFrameTests
{
    private const string OpenAiText = """{"choices":[{"index":0,"delta":{"content":"a"}}]}""";
    private const string OpenAiEnd = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    private const string GeminiText = """{"candidates": [{"content": {"parts": [{"text": "a"}]}}]}""";
    private const string GeminiEnd = """{"candidates": [{"finishReason": "STOP"}]}""";
    private const string ResponsesText = """{"type":"response.output_text.delta","delta":"a"}""";
    private const string ResponsesEnd = """{"type":"response.completed","response":{}}""";
    private const string AnthropicText = """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}""";
    private const string AnthropicEnd = """{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""";

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":\"\\x\"}")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"lost"}}]""")]
    [InlineData("""{"candidates": [{"content": {"parts": [{"text": "lost"}]}}]""")]
    public void A_frame_that_cannot_be_read_is_skipped_and_counted(string frame)
    {
        Assert.Equal(1, Skipped("openai", [OpenAiText, frame, OpenAiText, OpenAiEnd]));
        Assert.Equal(1, Skipped("gemini", [GeminiText, frame, GeminiText, GeminiEnd]));
        Assert.Equal(1, Skipped("openai-responses", [ResponsesText, frame, ResponsesText, ResponsesEnd]));
        Assert.Equal(1, Skipped("anthropic", [AnthropicText, frame, AnthropicText, AnthropicEnd]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"unknown":{"\ud800":["\udc00",1e400]}}""")]
    [InlineData("""{"\ud800":1,"choices":[{"\ud800":2,"delta":{"\ud800":3}}]}""")]
    [InlineData("""{"\ud800":1,"type":"content_block_start","index":null,"content_block":{"\ud800":2}}""")]
    [InlineData("""{"type":"message_start","message":{"\ud800":1,"usage":{"\ud800":2,"output_tokens_details":[]}}}""")]
    [InlineData("""{"type":"content_block_delta","index":"x","delta":[]}""")]
    [InlineData("""{"type":7,"delta":{},"usage":3,"message":[],"content_block":"x"}""")]
    [InlineData("""{"\ud800":1,"type":"response.created","response":{"\ud800":2,"usage":{"\ud800":3,"input_tokens_details":null},"incomplete_details":{"\ud800":1}}}""")]
    [InlineData("""{"type":"response.output_item.done","item":{"type":7,"name":[],"\ud800":1},"sequence_number":-1.5}""")]
    [InlineData("""{"\ud800":1,"candidates":[{"\ud800":2,"content":{"\ud800":3,"parts":[{"\ud800":4}]}}],"usageMetadata":{"\ud800":5}}""")]
    public void A_frame_of_unknown_members_is_no_fault(string frame)
    {
        Assert.Equal(0, Skipped("openai", [OpenAiText, frame, OpenAiText, OpenAiEnd]));
        Assert.Equal(0, Skipped("gemini", [GeminiText, frame, GeminiText, GeminiEnd]));
        Assert.Equal(0, Skipped("openai-responses", [ResponsesText, frame, ResponsesText, ResponsesEnd]));
        Assert.Equal(0, Skipped("anthropic", [AnthropicText, frame, AnthropicText, AnthropicEnd]));
    }

    [Fact]
    public void Too_many_unreadable_frames_fail_by_name()
    {
        var frames = Enumerable.Repeat("nonsense", 9).Prepend(OpenAiText).Append(OpenAiEnd);

        var events = Fixture.Read("openai", transform => transform.Push(Stream(frames)));

        Assert.Equal((502, BfErrorKind.Malformed), (events.LastError?.Status, events.LastError?.Kind));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_skipped_wherever_they_stand()
    {
        var inText = Encoding.Latin1.GetBytes("data: " + OpenAiText.Replace("\"a\"", "\"\u00FF\"", StringComparison.Ordinal) + "\n\n");
        var outside = Encoding.Latin1.GetBytes("data: " + OpenAiText.Replace("{\"choices", "{\"\u00FF\":1,\"choices", StringComparison.Ordinal) + "\n\n");

        var events = Fixture.Read("openai", transform =>
        {
            transform.Push(Stream([OpenAiText]));
            transform.Push(inText);
            transform.Push(outside);
            transform.Push(Stream([OpenAiText, OpenAiEnd]));
            Assert.Equal(2, transform.MalformedFrames);
        });

        Assert.Equal("aa", events.Text);
    }

    [Fact]
    public void A_plain_body_with_a_broken_name_is_an_error()
    {
        var events = Fixture.Read("openai", transform => transform.Push("""{"\ud800":1}"""u8));

        Assert.Equal(BfErrorKind.Malformed, events.LastError?.Kind);
    }

    private static int Skipped(string provider, IEnumerable<string> frames)
    {
        var skipped = 0;
        var events = Fixture.Read(provider, transform =>
        {
            transform.Push(Stream(frames));
            skipped = transform.MalformedFrames;
        });

        Assert.Equal("aa", events.Text);
        Assert.Null(events.LastError);
        return skipped;
    }

    private static byte[] Stream(IEnumerable<string> frames) => Encoding.UTF8.GetBytes(string.Concat(frames.Select(frame => $"data: {frame}\n\n")));
}
