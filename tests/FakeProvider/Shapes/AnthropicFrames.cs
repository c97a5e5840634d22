using System.Text.Json;

namespace FakeProvider.Shapes;

/// <summary>Events of Anthropic's Messages (own words): named events, no [DONE], spaces inside the JSON.</summary>
public static class AnthropicFrames
{
    public const string Model = "claude-fake-1";
    public const string Ping = "event: ping\ndata: {\"type\":\"ping\"}\n\n";
    public const string Stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    public static string Start(int inputTokens = 9) => Event(
        "message_start",
        $$$$"""{"type":"message_start","message":{"id":"msg_fake0004","type":"message","role":"assistant","model":"{{{{Model}}}}","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":{{{{inputTokens}}}},"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}""");

    public static string StartText(int index = 0) =>
        Event("content_block_start", $$$$"""{"type":"content_block_start","index":{{{{index}}}},"content_block":{"type":"text","text":""}}""");

    public static string StartThinking(int index = 0) =>
        Event("content_block_start", $$$$"""{"type":"content_block_start","index":{{{{index}}}},"content_block":{"type":"thinking","thinking":"","signature":""}}""");

    public static string StartCall(int index, string id, string name) =>
        Event("content_block_start", $$$$"""{"type":"content_block_start","index":{{{{index}}}},"content_block":{"type":"tool_use","id":{{{{Quote(id)}}}},"name":{{{{Quote(name)}}}},"input":{}}}""");

    /// <summary>A piece of text; real streams pad it with spaces to hide its length.</summary>
    public static string Text(string text, int index = 0) =>
        Delta(index, $$"""{"type":"text_delta","text":{{Quote(text)}}}""" + new string(' ', 14 - Math.Min(text.Length, 13)));

    public static string Thinking(string text, int index = 0) => Delta(index, $$"""{"type":"thinking_delta","thinking":{{Quote(text)}}}""");

    public static string Signature(string signature, int index = 0) => Delta(index, $$"""{"type":"signature_delta","signature":{{Quote(signature)}}}""");

    public static string Arguments(string fragment, int index) => Delta(index, $$"""{"type":"input_json_delta","partial_json":{{Quote(fragment)}}}""");

    public static string StopBlock(int index = 0) => Event("content_block_stop", $$"""{"type":"content_block_stop","index":{{index}}}""");

    public static string End(string reason = "end_turn", int outputTokens = 3) => Event(
        "message_delta",
        $$$"""{"type":"message_delta","delta":{"stop_reason":{{{Quote(reason)}}},"stop_sequence":null},"usage":{"output_tokens":{{{outputTokens}}}}}""");

    public static string Error(string message, string type) => Event("error", ErrorBody(message, type));

    public static string ErrorBody(string message, string type) =>
        $$$"""{"type":"error","error":{"details":null,"type":{{{Quote(type)}}},"message":{{{Quote(message)}}}},"request_id":"req_fake0004"}""";

    /// <summary>A whole answer.</summary>
    public static IReadOnlyList<string> Chat(params IReadOnlyList<string> texts) =>
        [Start(), StartText(), Ping, .. texts.Select(text => Text(text)), StopBlock(), End(outputTokens: texts.Count), Stop];

    /// <summary>A call whose arguments come in these fragments.</summary>
    public static IReadOnlyList<string> Call(int index, string id, string name, params IReadOnlyList<string> fragments) =>
        [StartCall(index, id, name), Arguments("", index), .. fragments.Select(fragment => Arguments(fragment, index)), StopBlock(index)];

    private static string Delta(int index, string delta) =>
        Event("content_block_delta", $$"""{"type":"content_block_delta","index":{{index}},"delta":{{delta}}}""");

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
