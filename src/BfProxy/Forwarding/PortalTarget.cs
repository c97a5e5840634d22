using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BfProxy.Forwarding;

/// <summary>Where a stream's events go at BetterForms, and what stands around each of them in the body of <c>POST /message/sendmessage</c>.</summary>
/// <param name="App">The app's name, for the log.</param>
/// <param name="Cluster">The YARP cluster that leads there.</param>
/// <param name="Head">The body up to the event. Holds the app's key: for no log.</param>
internal sealed record PortalTarget(string App, string Cluster, byte[] Head)
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body after the event.</summary>
    public static ReadOnlySpan<byte> Tail => "}]}}"u8;

    public static PortalTarget Create(string app, string cluster, string apiKey, IReadOnlyList<string> channels, string actionName)
    {
        var head = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(head, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("apiKey"u8, apiKey);
            writer.WriteStartArray("channels"u8);
            foreach (var channel in channels)
            {
                writer.WriteStringValue(channel);
            }

            writer.WriteEndArray();
            writer.WriteStartObject("message"u8);
            writer.WriteStartArray("actions"u8);
            writer.WriteStartObject();
            writer.WriteString("action"u8, "namedAction"u8);
            writer.WriteString("name"u8, actionName);
            writer.WritePropertyName("options"u8);
        }

        return new PortalTarget(app, cluster, head.WrittenSpan.ToArray());
    }
}
