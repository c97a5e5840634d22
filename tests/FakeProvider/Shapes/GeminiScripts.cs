namespace FakeProvider.Shapes;

/// <summary>Ready-made answers of Gemini's Developer API.</summary>
public static class GeminiScripts
{
    public static string StreamPath(string model = GeminiFrames.Model) => $"/v1beta/models/{model}:streamGenerateContent";

    public static string GeneratePath(string model = GeminiFrames.Model) => $"/v1beta/models/{model}:generateContent";

    public static Script Chat(params IReadOnlyList<string> texts) => Script.Sse(GeminiFrames.Chat(texts));

    public static Script Error(int code, string message, string status, string details = "[]") =>
        Script.Json(code, GeminiFrames.ErrorBody(code, message, status, details));

    /// <summary>Gemini's 400 for a key that is not one.</summary>
    public static Script BadKey() => Error(
        400,
        "API key not valid. Please pass a valid API key.",
        "INVALID_ARGUMENT",
        """[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]""");

    public static Script UnknownModel(string model) =>
        Error(404, $"models/{model} is not found for API version v1beta, or is not supported for generateContent.", "NOT_FOUND");

    /// <summary>429 whose delay stands in the body, not in a header.</summary>
    public static Script RateLimited(string retryDelay = "34.4s") => Error(
        429,
        "Resource has been exhausted.",
        "RESOURCE_EXHAUSTED",
        $$"""[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{{retryDelay}}"}]""");

    public static Script Unavailable() => Error(503, "The model is overloaded. Please try again later.", "UNAVAILABLE");
}
