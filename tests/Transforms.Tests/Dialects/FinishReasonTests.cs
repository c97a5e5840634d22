using System.Text;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class FinishReasonTests
{
    [Theory]
    [InlineData("stop", "stop")]
    [InlineData("length", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("tool_calls", "stop")]
    [InlineData("function_call", "stop")]
    [InlineData("model_length", "length")]
    [InlineData("a_new_word", "stop")]
    public void OpenAi_words_without_a_call(string word, string expected) =>
        Assert.Contains($"\"finish_reason\":\"{expected}\"", OpenAi("""{"content":"a"}""", word), StringComparison.Ordinal);

    [Theory]
    [InlineData("stop", "{}", "tool_calls")]
    [InlineData("tool_calls", "{}", "tool_calls")]
    [InlineData("function_call", "{}", "tool_calls")]
    [InlineData("length", "{}", "tool_calls")]
    [InlineData("stop", "{ not json", "tool_calls")]
    [InlineData("length", "{ not json", "length")]
    [InlineData("length", "", "length")]
    [InlineData("content_filter", "{", "content_filter")]
    public void Calls_decide_unless_they_were_cut_off(string word, string arguments, string expected)
    {
        var events = OpenAi($$$"""{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{{{arguments}}}"}}]}""", word);

        Assert.Contains($"\"finish_reason\":\"{expected}\"", events, StringComparison.Ordinal);
        Assert.Equal(expected == "tool_calls", events.Contains("function_call", StringComparison.Ordinal));
    }

    [Fact]
    public void The_word_error_is_an_error() => Assert.Contains("\"type\":\"error\"", OpenAi("""{"content":"a"}""", "error"), StringComparison.Ordinal);

    [Theory]
    [InlineData("STOP", "stop")]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("CONTINUATION", "length")]
    [InlineData("SAFETY", "content_filter")]
    [InlineData("RECITATION", "content_filter")]
    [InlineData("LANGUAGE", "content_filter")]
    [InlineData("BLOCKLIST", "content_filter")]
    [InlineData("PROHIBITED_CONTENT", "content_filter")]
    [InlineData("SPII", "content_filter")]
    [InlineData("IMAGE_SAFETY", "content_filter")]
    [InlineData("OTHER", "stop")]
    [InlineData("A_NEW_WORD", "stop")]
    public void Gemini_words_after_text(string word, string expected) =>
        Assert.Contains($"\"finish_reason\":\"{expected}\"", Gemini("""{"text":"a"}""", word), StringComparison.Ordinal);

    [Theory]
    [InlineData("MALFORMED_FUNCTION_CALL")]
    [InlineData("UNEXPECTED_TOOL_CALL")]
    [InlineData("TOO_MANY_TOOL_CALLS")]
    [InlineData("MALFORMED_RESPONSE")]
    public void Gemini_words_for_a_broken_call_are_errors(string word) =>
        Assert.Contains("\"type\":\"error\"", Gemini("""{"text":"a"}""", word), StringComparison.Ordinal);

    [Theory]
    [InlineData("STOP", "tool_calls")]
    [InlineData("MAX_TOKENS", "tool_calls")]
    [InlineData("OTHER", "tool_calls")]
    [InlineData("SAFETY", "content_filter")]
    public void Gemini_words_after_a_call(string word, string expected)
    {
        var events = Gemini("""{"functionCall":{"name":"f"}}""", word);

        Assert.Contains($"\"finish_reason\":\"{expected}\"", events, StringComparison.Ordinal);
        Assert.Equal(expected == "tool_calls", events.Contains("function_call", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("pause_turn", "stop")]
    [InlineData("tool_use", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("refusal", "content_filter")]
    [InlineData("a_new_word", "stop")]
    public void Anthropic_words_without_a_call(string word, string expected) =>
        Assert.Contains($"\"finish_reason\":\"{expected}\"", Anthropic("""{"type":"text","text":"a"}""", "", word), StringComparison.Ordinal);

    [Theory]
    [InlineData("tool_use", "", "tool_calls")]
    [InlineData("end_turn", "{}", "tool_calls")]
    [InlineData("max_tokens", "{}", "tool_calls")]
    [InlineData("max_tokens", "{ ", "length")]
    [InlineData("refusal", "{}", "content_filter")]
    public void Anthropic_words_after_a_call(string word, string arguments, string expected)
    {
        var events = Anthropic("""{"type":"tool_use","id":"t","name":"f","input":{}}""", arguments, word);

        Assert.Contains($"\"finish_reason\":\"{expected}\"", events, StringComparison.Ordinal);
        Assert.Equal(expected == "tool_calls", events.Contains("function_call", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("completed", "null", "stop")]
    [InlineData("incomplete", """{"reason":"max_output_tokens"}""", "length")]
    [InlineData("incomplete", """{"reason":"max_messages"}""", "length")]
    [InlineData("incomplete", """{"reason":"content_filter"}""", "content_filter")]
    [InlineData("incomplete", """{"reason":"steered"}""", "stop")]
    [InlineData("incomplete", "null", "length")]
    public void Responses_words_without_a_call(string status, string details, string expected) =>
        Assert.Contains($"\"finish_reason\":\"{expected}\"", Responses("{}", status, details), StringComparison.Ordinal);

    [Theory]
    [InlineData("completed", "null", "{ not json", "tool_calls")]
    [InlineData("incomplete", """{"reason":"max_output_tokens"}""", "{}", "tool_calls")]
    [InlineData("incomplete", """{"reason":"max_output_tokens"}""", "{ ", "length")]
    [InlineData("incomplete", """{"reason":"content_filter"}""", "{}", "content_filter")]
    public void Responses_words_after_a_call(string status, string details, string arguments, string expected)
    {
        var events = Responses($$$"""{"type":"function_call","call_id":"c","name":"f","arguments":"{{{arguments}}}"}""", status, details);

        Assert.Contains($"\"finish_reason\":\"{expected}\"", events, StringComparison.Ordinal);
        Assert.Equal(expected == "tool_calls", events.Contains("function_call", StringComparison.Ordinal));
    }

    private static string Responses(string item, string status, string details) => Read(
        "openai-responses",
        $$$"""{"type":"response.output_item.done","item":{{{item}}}}""",
        $$$"""{"type":"response.{{{status}}}","response":{"incomplete_details":{{{details}}}}}""");

    private static string Anthropic(string block, string arguments, string word) => Read(
        "anthropic",
        $$$"""{"type":"content_block_start","index":0,"content_block":{{{block}}}}""",
        $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{{{arguments}}}"}}""",
        $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{word}}}"}}""");

    private static string OpenAi(string delta, string word) =>
        Read("openai", $$$"""{"choices":[{"index":0,"delta":{{{delta}}},"finish_reason":"{{{word}}}"}]}""", "[DONE]");

    private static string Gemini(string part, string word) =>
        Read("gemini", $$$"""{"candidates":[{"content":{"parts":[{{{part}}}]},"finishReason":"{{{word}}}"}]}""");

    private static string Read(string provider, params string[] frames) =>
        Fixture.Read(provider, transform => transform.Push(Encoding.UTF8.GetBytes(string.Concat(frames.Select(frame => $"data: {frame}\n\n"))))).ToString();
}
