using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BfProxy.Tools;

/// <summary>An answer of a page, as it is read and as it is answered in turn.</summary>
internal static class ToolAnswer
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What goes to the model: everything the page said, but for the names under which it came.</summary>
    public static byte[] Read(JsonElement said)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Options))
        {
            writer.WriteStartObject();
            foreach (var member in said.EnumerateObject().Where(static member => !member.NameEquals("toolCallId") && !member.NameEquals("apiKey")))
            {
                writer.WritePropertyName(member.Name);
                member.Value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }

    public static string Word(AnswerStatus status) => status switch
    {
        AnswerStatus.Accepted => "accepted",
        AnswerStatus.AlreadyAnswered => "already_answered",
        _ => "not_found",
    };
}
