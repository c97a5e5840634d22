using System.Text.Json;

namespace FakeProvider.Shapes;

/// <summary>Ready-made answers of OpenAI's chat completions.</summary>
public static class OpenAiScripts
{
    public const string Path = "/v1/chat/completions";

    public static Script Chat(params IReadOnlyList<string> deltas) => Script.Sse(OpenAiFrames.Chat(deltas));

    /// <summary>The answer to a request without `stream`.</summary>
    public static Script Completion(string content) => Script.Json(
        200,
        $$$"""{"id":"chatcmpl-Fake0002","object":"chat.completion","created":1790000000,"model":"{{{OpenAiFrames.Model}}}","choices":[{"index":0,"message":{"role":"assistant","content":{{{JsonSerializer.Serialize(content)}}},"refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12},"service_tier":"default","system_fingerprint":"fp_fake"}""");

    public static Script Error(int status, string message, string type = "invalid_request_error", string? code = null) =>
        Script.Json(status, OpenAiFrames.ErrorBody(message, type, code));

    public static Script BadKey() =>
        Error(401, "Incorrect API key provided: sk-wrong.", "invalid_request_error", "invalid_api_key");

    public static Script UnknownModel(string model) =>
        Error(404, $"The model `{model}` does not exist or you do not have access to it.", "invalid_request_error", "model_not_found");

    /// <summary>Too many requests; <paramref name="retryAfter"/> in seconds or an HTTP date, null leaves the header out.</summary>
    public static Script RateLimited(string? retryAfter = "7") =>
        WithRetryAfter(retryAfter, 429, OpenAiFrames.ErrorBody("Rate limit reached for requests.", "requests", "rate_limit_exceeded"));

    public static Script QuotaExhausted() =>
        Error(429, "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota");

    public static Script ServerError() => Error(500, "The server had an error while processing your request.", "server_error");

    public static Script Overloaded(string? retryAfter = null) =>
        WithRetryAfter(retryAfter, 503, OpenAiFrames.ErrorBody("The server is overloaded.", "service_unavailable_error", "server_is_overloaded"));

    private static Script WithRetryAfter(string? retryAfter, int status, string body)
    {
        var script = Script.Empty.Status(status, "application/json");
        return (retryAfter is null ? script : script.Header("Retry-After", retryAfter)).Text(body);
    }
}
