using System.Text;

namespace BfProxy.Benchmarks;

/// <summary>A long answer as a provider sends it, cut into the reads that a socket gives.</summary>
internal sealed class ProviderStream
{
    private const int Tokens = 4096;

    private static readonly string[] s_words =
    [
        " the", " answer", " is", " a", " matter", " of", " taste", ",",
        " über", " \\u65e5\\u672c", " \\\"quoted\\\"", ".", "\\n\\n", " forty", "-two", " 日本",
    ];

    private ProviderStream(byte[] bytes, ReadOnlyMemory<byte>[] reads)
    {
        Bytes = bytes;
        Reads = reads;
    }

    public byte[] Bytes { get; }

    public ReadOnlyMemory<byte>[] Reads { get; }

    /// <summary>The stream of a dialect by its name.</summary>
    public static ProviderStream Of(string dialect, ReadSize size) => dialect switch
    {
        "anthropic" => Anthropic(size),
        "gemini" => Gemini(size),
        "openai-responses" => Responses(size),
        "openai obfuscated" => OpenAi(size, obfuscated: true),
        _ => OpenAi(size, obfuscated: false),
    };

    /// <summary>
    /// Frames of about 270 bytes, each ended by two LF, and the stream by <c>[DONE]</c>.
    /// Newer models add a string that hides the length of the token: no two frames then end alike.
    /// </summary>
    private static ProviderStream OpenAi(ReadSize size, bool obfuscated)
    {
        const string Head =
            """data: {"id":"chatcmpl-D8Z5kQm2bXw0","object":"chat.completion.chunk","created":1770933892"""
            + ""","model":"gpt-5.6-mini-2026-05-20","service_tier":"default","system_fingerprint":"fp_3f58d112f7","choices":[{"index":0,"delta":""";
        var frames = new List<string> { Head + """{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null}""" };
        frames.AddRange(Words().Select(word => $$"""{{Head}}{"content":"{{word}}"},"finish_reason":null}],"usage":null{{Padding(word)}}}"""));
        frames.Add(Head + """{},"finish_reason":"stop"}],"usage":null}""");
        frames.Add("data: [DONE]");
        return Cut(frames, "\n\n", size);

        string Padding(string word) => obfuscated ? $",\"obfuscation\":\"{"aB3dE5gH7jK9"[..(12 - Math.Min(word.Length, 10))]}\"" : string.Empty;
    }

    /// <summary>Frames of about 300 bytes, each ended by two CR LF.</summary>
    private static ProviderStream Gemini(ReadSize size)
    {
        const string Tail =
            """ "usageMetadata": {"promptTokenCount": 15,"candidatesTokenCount": 8,"totalTokenCount": 23}"""
            + ""","modelVersion": "gemini-3.7-flash","responseId": "w1peaKzXEpqHmNAP4pL"}""";
        var frames = Words()
            .Select(word => $$"""data: {"candidates": [{"content": {"parts": [{"text": "{{word}}"}],"role": "model"},"index": 0}],{{Tail}}""")
            .ToList();
        frames.Add("""data: {"candidates": [{"content": {"parts": [{"text": ""}],"role": "model"},"finishReason": "STOP","index": 0}],""" + Tail);
        return Cut(frames, "\r\n\r\n", size);
    }

    /// <summary>Frames of about 150 bytes, each with an event line before its data and padded with spaces to hide the length of the token.</summary>
    private static ProviderStream Anthropic(ReadSize size)
    {
        const string Head = """event: content_block_delta""" + "\n" + """data: {"type":"content_block_delta","index":0,"delta":""";
        var frames = Words().Select(word => $$$"""{{{Head}}}{"type":"text_delta","text":"{{{word}}}"}{{{new string(' ', 14 - Math.Min(word.Length, 13))}}}}""");
        return Cut([.. frames, "event: message_delta\n" + """data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4096}}"""], "\n\n", size);
    }

    /// <summary>Frames of about 230 bytes, each with an event line before its data; numbered, and padded to hide the length of the token.</summary>
    private static ProviderStream Responses(ReadSize size)
    {
        const string Head = "event: response.output_text.delta\n" + """data: {"type":"response.output_text.delta","content_index":0,"delta":""";
        var frames = Words().Select((word, index) =>
            $$"""{{Head}}"{{word}}","item_id":"msg_0a1b2c3d4e5f","logprobs":[],"obfuscation":"{{"aB3dE5gH7jK9"[..(12 - Math.Min(word.Length, 10))]}}","output_index":0,"sequence_number":{{index + 4}}}""");
        return Cut(
            [
                .. frames,
                "event: response.completed\n" + """data: {"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[],"usage":{"input_tokens":15,"output_tokens":4096}}}""",
            ],
            "\n\n",
            size);
    }

    private static IEnumerable<string> Words() => Enumerable.Range(0, Tokens).Select(token => s_words[token % s_words.Length]);

    private static ProviderStream Cut(List<string> frames, string end, ReadSize size)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(frames.Select(frame => frame + end)));
        var lengths = size == ReadSize.OneFrame
            ? frames.Select(frame => Encoding.UTF8.GetByteCount(frame + end))
            : Enumerable.Repeat(16 * 1024, (bytes.Length / (16 * 1024)) + 1);

        var reads = new List<ReadOnlyMemory<byte>>();
        var start = 0;
        foreach (var length in lengths)
        {
            var read = bytes.AsMemory(start, Math.Min(length, bytes.Length - start));
            reads.Add(read);
            start += read.Length;
        }

        return new ProviderStream(bytes, [.. reads]);
    }
}
