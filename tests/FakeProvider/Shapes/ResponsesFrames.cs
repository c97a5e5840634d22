using System.Text.Json;

namespace FakeProvider.Shapes;

/// <summary>Events of OpenAI's Responses (own words): named events, numbered, no [DONE].</summary>
public static class ResponsesFrames
{
    public const string Model = "gpt-fake-2";

    public static string Created() => Event("response.created", $"\"response\":{Response("in_progress", "[]", "null")}", 0);

    public static string Delta(string text, int number) =>
        Event("response.output_text.delta", $$""" "content_index":0,"delta":{{Quote(text)}},"item_id":"msg_fake5","logprobs":[],"output_index":0 """, number);

    public static string CallDone(string id, string name, string arguments, int index = 0) =>
        Event("response.output_item.done", $"\"item\":{Call(id, name, arguments)},\"output_index\":{index}", 50 + index);

    public static string CallDelta(string id, string fragment, int index = 0) =>
        Event("response.function_call_arguments.delta", $$""" "item_id":{{Quote("fc_" + id)}},"output_index":{{index}},"delta":{{Quote(fragment)}} """, 40 + index);

    public static string Completed(int input = 9, int output = 3) => Event("response.completed", $"\"response\":{Response("completed", "[]", Usage(input, output))}", 99);

    public static string Incomplete(string reason) =>
        Event("response.incomplete", $"\"response\":{Response("incomplete", "[]", Usage(9, 3), $$"""{"reason":{{Quote(reason)}}}""")}", 99);

    public static string Failed(string message, string code) =>
        Event("response.failed", $"\"response\":{Response("failed", "[]", "null", error: $$"""{"code":{{Quote(code)}},"message":{{Quote(message)}}}""")}", 99);

    /// <summary>An error inside a stream, in the shape that is recorded; the specification has its members at the top.</summary>
    public static string Error(string message, string type) => Event("error", $"\"error\":{{\"type\":{Quote(type)},\"code\":{Quote(type)},\"message\":{Quote(message)},\"param\":null}}", 98);

    /// <summary>A whole answer.</summary>
    public static IReadOnlyList<string> Chat(params IReadOnlyList<string> texts) => [Created(), .. texts.Select((text, index) => Delta(text, index + 1)), Completed(output: texts.Count)];

    /// <summary>The message of an answer as an item, with annotations where there are some.</summary>
    public static string MessageDone(string text, string annotations = "[]", int index = 0) =>
        Event("response.output_item.done", $$""" "item":{"id":"msg_fake5","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":{{Quote(text)}},"annotations":{{annotations}},"logprobs":[]}]},"output_index":{{index}} """, 48);

    private static string Call(string id, string name, string arguments) =>
        $$"""{"id":{{Quote("fc_" + id)}},"type":"function_call","status":"completed","arguments":{{Quote(arguments)}},"call_id":{{Quote(id)}},"name":{{Quote(name)}}}""";

    private static string Usage(int input, int output) =>
        $$$"""{"input_tokens":{{{input}}},"input_tokens_details":{"cached_tokens":0},"output_tokens":{{{output}}},"output_tokens_details":{"reasoning_tokens":0},"total_tokens":{{{input + output}}}}""";

    private static string Response(string status, string output, string usage, string details = "null", string error = "null") =>
        $$"""{"id":"resp_fake0005","object":"response","created_at":1790000000,"status":"{{status}}","error":{{error}},"incomplete_details":{{details}},"model":"{{Model}}","output":{{output}},"store":false,"usage":{{usage}}}""";

    private static string Event(string type, string members, int number) => $$"""event: {{type}}""" + "\n" + $$"""data: {"type":"{{type}}",{{members}},"sequence_number":{{number}}}""" + "\n\n";

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
