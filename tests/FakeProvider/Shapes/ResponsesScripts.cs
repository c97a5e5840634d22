namespace FakeProvider.Shapes;

/// <summary>Ready-made answers of OpenAI's Responses; refusals are those of the chat completions.</summary>
public static class ResponsesScripts
{
    public const string Path = "/v1/responses";

    public static Script Chat(params IReadOnlyList<string> texts) => Script.Sse(ResponsesFrames.Chat(texts));

    /// <summary>Unknown models are a 400 here, not a 404.</summary>
    public static Script UnknownModel(string model) => OpenAiScripts.Error(400, $"The requested model '{model}' does not exist.", "invalid_request_error", "model_not_found");
}
