using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>Writes each call of a sink as one line of JSON, the golden form of the fixtures. Ids that a dialect made end in an asterisk.</summary>
internal sealed partial class EventLines : IStreamSink
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public List<string> Lines { get; } = [];

    public int Terminals { get; private set; }

    public BfError? LastError { get; private set; }

    public IReadOnlyList<ToolCall> Calls { get; private set; } = [];

    public Usage? Usage { get; private set; }

    public string Text { get; private set; } = "";

    [GeneratedRegex("(?<=call_|chatcmpl-)[0-9a-f]{32}", RegexOptions.None, 1000)]
    public static partial Regex MadeId { get; }

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        var inside = Encoding.UTF8.GetString(escapedText);
        Text += inside;
        Lines.Add($$"""{"type":"delta","content":"{{inside}}"}""");
    }

    public void ToolCalls(IReadOnlyList<ToolCall> calls)
    {
        Calls = calls;
        Write("function_call", writer =>
        {
            writer.WriteStartArray("functions");
            foreach (var call in calls)
            {
                WriteCall(writer, call);
            }

            writer.WriteEndArray();
        });
    }

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        Terminals++;
        Usage = usage;
        var shown = usageJson.IsEmpty ? "null" : Encoding.UTF8.GetString(usageJson);
        Write("end", writer =>
        {
            writer.WriteString("finish_reason", finishReason);
            writer.WritePropertyName("usage");
            writer.WriteRawValue(shown);
        });
    }

    public void Error(BfError error)
    {
        Terminals++;
        LastError = error;
        Write("error", writer =>
        {
            writer.WriteNumber("code", error.Status);
            writer.WriteString("kind", error.Kind.ToString());
            writer.WriteString("providerMessage", error.ProviderMessage);
        });
    }

    public override string ToString() => string.Join('\n', Lines);

    private static void WriteCall(Utf8JsonWriter writer, ToolCall call)
    {
        writer.WriteStartObject();
        writer.WriteString("name", call.Name);
        writer.WriteString("arguments", call.Arguments);
        writer.WriteString("id", MadeId.Replace(call.Id, "*"));
        if (call.ThoughtSignature is not null)
        {
            writer.WriteString("thoughtSignature", call.ThoughtSignature);
        }

        writer.WriteEndObject();
    }

    private void Write(string type, Action<Utf8JsonWriter> members)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(line, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            members(writer);
            writer.WriteEndObject();
        }

        Lines.Add(Encoding.UTF8.GetString(line.WrittenSpan));
    }
}
