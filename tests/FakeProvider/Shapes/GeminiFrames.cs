using System.Text.Json;

namespace FakeProvider.Shapes;

/// <summary>Chunks of Gemini's streamGenerateContent with alt=sse (own words): CRLF, no [DONE], running totals in each chunk.</summary>
public static class GeminiFrames
{
    public const string Model = "gemini-fake-1";

    public static string Text(string text, string? finishReason = null) => Parts($$"""{"text":{{Quote(text)}}}""", finishReason);

    public static string Thought(string text) => Parts($$"""{"text":{{Quote(text)}},"thought":true}""");

    /// <summary>A whole call; <paramref name="args"/> is a JSON object, null leaves it out, as Gemini does for calls without arguments.</summary>
    public static string FunctionCall(string name, string? args) => Parts(args is null
        ? $$$"""{"functionCall":{"name":{{{Quote(name)}}}}}"""
        : $$$"""{"functionCall":{"name":{{{Quote(name)}}},"args":{{{args}}}},"thoughtSignature":"c2lnbmF0dXJl"}""");

    /// <summary>One chunk with these part objects, joined by commas.</summary>
    public static string Parts(string parts, string? finishReason = null)
    {
        var finish = finishReason is null ? "" : $",\"finishReason\":{Quote(finishReason)}";
        return Chunk("candidates", $$$"""[{"content":{"parts":[{{{parts}}}],"role":"model"}{{{finish}}},"index":0}]""");
    }

    public static string Blocked(string reason = "SAFETY") => Chunk("promptFeedback", $$$"""{"blockReason":{{{Quote(reason)}}}}""");

    public static string Error(int code, string message, string status) => $"data: {ErrorBody(code, message, status)}\r\n\r\n";

    public static string ErrorBody(int code, string message, string status, string details = "[]") =>
        $$$"""{"error":{"code":{{{code}}},"message":{{{Quote(message)}}},"status":{{{Quote(status)}}},"details":{{{details}}}}}""";

    /// <summary>A whole answer; the last text carries the finish reason.</summary>
    public static IReadOnlyList<string> Chat(params IReadOnlyList<string> texts) =>
        [.. texts.Select((text, index) => Text(text, index == texts.Count - 1 ? "STOP" : null))];

    private static string Chunk(string name, string value) =>
        $$$"""data: {"{{{name}}}":{{{value}}},"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":3,"totalTokenCount":12},"modelVersion":"{{{Model}}}","responseId":"fake0003"}""" + "\r\n\r\n";

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
