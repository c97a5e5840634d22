using System.Text.Json;

namespace FakeProvider.Shapes;

/// <summary>Frames of a chat completion stream in OpenAI's wire shape (own words).</summary>
public static class OpenAiFrames
{
    public const string Model = "gpt-fake-1";
    public const string Done = "data: [DONE]\n\n";

    public static string Role(string content = "") => Choice($$"""{"role":"assistant","content":{{Quote(content)}},"refusal":null}""");

    public static string Delta(string content) => Choice($$"""{"content":{{Quote(content)}}}""");

    public static string Refusal(string words) => Choice($$"""{"refusal":{{Quote(words)}}}""");

    public static string ToolCall(int index, string id, string name) =>
        Choice($$$"""{"tool_calls":[{"index":{{{index}}},"id":{{{Quote(id)}}},"type":"function","function":{"name":{{{Quote(name)}}},"arguments":""}}]}""");

    public static string ToolArguments(int index, string fragment) =>
        Choice($$$"""{"tool_calls":[{"index":{{{index}}},"function":{"arguments":{{{Quote(fragment)}}}}}]}""");

    public static string Finish(string reason = "stop") => Choice("{}", reason);

    public static string Usage(int prompt, int completion) => Chunk(
        "[]",
        $$$"""{"prompt_tokens":{{{prompt}}},"completion_tokens":{{{completion}}},"total_tokens":{{{prompt + completion}}},"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""");

    /// <summary>An error inside a stream that began with 200.</summary>
    public static string Error(string message, string type = "server_error", string? code = null) =>
        $"data: {ErrorBody(message, type, code)}\n\n";

    public static string ErrorBody(string message, string type, string? code) =>
        $$$"""{"error":{"message":{{{Quote(message)}}},"type":{{{Quote(type)}}},"param":null,"code":{{{Quote(code)}}}}}""";

    /// <summary>A whole answer: role, deltas, finish, usage, [DONE].</summary>
    public static IReadOnlyList<string> Chat(params IReadOnlyList<string> deltas) =>
        [Role(), .. deltas.Select(Delta), Finish(), Usage(9, deltas.Count), Done];

    private static string Choice(string delta, string? finishReason = null) =>
        Chunk($$"""[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{Quote(finishReason)}}}]""", "null");

    private static string Chunk(string choices, string usage) =>
        $$"""data: {"id":"chatcmpl-Fake0001","object":"chat.completion.chunk","created":1790000000,"model":"{{Model}}","service_tier":"default","system_fingerprint":"fp_fake","choices":{{choices}},"usage":{{usage}},"obfuscation":"kQ7"}""" + "\n\n";

    private static string Quote(string? text) => JsonSerializer.Serialize(text);
}
