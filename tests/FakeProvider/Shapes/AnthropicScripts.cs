namespace FakeProvider.Shapes;

/// <summary>Ready-made answers of Anthropic's Messages.</summary>
public static class AnthropicScripts
{
    public const string Path = "/v1/messages";

    public static Script Chat(params IReadOnlyList<string> texts) => Script.Sse(AnthropicFrames.Chat(texts));

    public static Script Error(int status, string message, string type, string? retryAfter = null)
    {
        var script = Script.Empty.Status(status, "application/json");
        return (retryAfter is null ? script : script.Header("Retry-After", retryAfter)).Text(AnthropicFrames.ErrorBody(message, type));
    }

    public static Script BadKey() => Error(401, "invalid x-api-key", "authentication_error");

    public static Script Forbidden() => Error(403, "Your API key does not have permission to use the specified resource.", "permission_error");

    public static Script UnknownModel(string model) => Error(404, $"model: {model}", "not_found_error");

    public static Script RateLimited(string? retryAfter = "7") => Error(429, "This request would exceed your rate limit.", "rate_limit_error", retryAfter);

    public static Script Overloaded() => Error(529, "Overloaded", "overloaded_error");
}
