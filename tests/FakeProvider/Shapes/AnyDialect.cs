namespace FakeProvider.Shapes;

/// <summary>The same answers in the words of each dialect: <c>openai</c>, <c>openai-responses</c>, <c>gemini</c>, <c>anthropic</c>.</summary>
public static class AnyDialect
{
    /// <summary>Where the dialect streams from.</summary>
    public static string Path(string provider) => provider switch
    {
        "anthropic" => AnthropicScripts.Path,
        "gemini" => GeminiScripts.StreamPath(),
        "openai-responses" => ResponsesScripts.Path,
        _ => OpenAiScripts.Path,
    };

    /// <summary>An answer that says this much and then calls tools.</summary>
    public static IEnumerable<string> Calls(string provider, string before, params (string Id, string Name, string? Arguments)[] calls) => provider switch
    {
        "anthropic" =>
        [
            AnthropicFrames.Start(), AnthropicFrames.StartText(), AnthropicFrames.Text(before), AnthropicFrames.StopBlock(),
            .. calls.SelectMany((call, index) => AnthropicFrames.Call(index + 1, call.Id, call.Name, call.Arguments is null ? [] : [call.Arguments[..1], call.Arguments[1..]])),
            AnthropicFrames.End("tool_use"), AnthropicFrames.Stop,
        ],
        "gemini" => [GeminiFrames.Text(before), .. calls.Select(call => GeminiFrames.FunctionCall(call.Name, call.Arguments)), GeminiFrames.Text("", "STOP")],
        "openai-responses" =>
        [
            ResponsesFrames.Created(), ResponsesFrames.Delta(before, 1),
            .. calls.Select((call, index) => ResponsesFrames.CallDone(call.Id, call.Name, call.Arguments ?? "{}", index + 1)), ResponsesFrames.Completed(),
        ],
        _ =>
        [
            OpenAiFrames.Role(), OpenAiFrames.Delta(before),
            .. calls.SelectMany((call, index) => new[] { OpenAiFrames.ToolCall(index, call.Id, call.Name), OpenAiFrames.ToolArguments(index, call.Arguments ?? "") }),
            OpenAiFrames.Finish("tool_calls"), OpenAiFrames.Usage(9, 3), OpenAiFrames.Done,
        ],
    };

    /// <summary>The start of an answer that goes on.</summary>
    public static IEnumerable<string> Open(string provider, string text) => provider switch
    {
        "anthropic" => [AnthropicFrames.Start(), AnthropicFrames.StartText(), AnthropicFrames.Text(text)],
        "gemini" => [GeminiFrames.Text(text)],
        "openai-responses" => [ResponsesFrames.Created(), ResponsesFrames.Delta(text, 1)],
        _ => [OpenAiFrames.Role(), OpenAiFrames.Delta(text)],
    };

    /// <summary>An answer of this text, and its end.</summary>
    public static IEnumerable<string> Text(string provider, string text) => provider switch
    {
        "anthropic" => AnthropicFrames.Chat(text),
        "gemini" => GeminiFrames.Chat(text),
        "openai-responses" => ResponsesFrames.Chat(text),
        _ => OpenAiFrames.Chat(text),
    };

    /// <summary>A model of this dialect.</summary>
    public static string Model(string provider) => provider switch
    {
        "anthropic" => AnthropicFrames.Model,
        "gemini" => GeminiFrames.Model,
        "openai-responses" => ResponsesFrames.Model,
        _ => OpenAiFrames.Model,
    };
}
