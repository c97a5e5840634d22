namespace BfProxy.Demo;

/// <summary>An error in OpenAI's shape, before headers as a response, later as a frame.</summary>
internal sealed record DemoFault(int Status, string Message, string Type, string? Param = null, string? Code = null)
{
    public static readonly DemoFault NoSuchPath = new(404, "The demo serves POST /v1/chat/completions and nothing else.", "invalid_request_error");

    public static readonly DemoFault NotJson = new(400, "The body is not a JSON object in UTF-8.", "invalid_request_error");

    public static readonly DemoFault NoModel = new(400, "You must name a model.", "invalid_request_error", "model");

    public static readonly DemoFault NoMessages = new(
        400,
        "Invalid 'messages': expected an array with at least one message.",
        "invalid_request_error",
        "messages",
        "empty_array");

    public static readonly DemoFault RateLimit = new(
        429,
        "The model demo-refuse turns every request away, as a provider does whose rate limit is reached.",
        "requests",
        Code: "rate_limit_exceeded")
    {
        RetryAfter = TimeSpan.FromSeconds(20),
    };

    public static readonly DemoFault MidStream = new(500, "The model demo-error fails on purpose in the middle of its answer.", "server_error");

    public TimeSpan? RetryAfter { get; init; }

    public static DemoFault NoSuchModel(string model) => new(
        404,
        $"The model `{model}` does not exist. The demo knows {string.Join(", ", DemoModel.All.Select(known => known.Name))}.",
        "invalid_request_error",
        Code: "model_not_found");
}
