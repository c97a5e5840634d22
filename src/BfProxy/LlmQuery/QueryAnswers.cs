using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Security;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.LlmQuery;

/// <summary>What an accepted query is answered with; always 201.</summary>
internal static class QueryAnswers
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task AcknowledgeAsync(HttpContext context, string streamId) =>
        JsonResponse.WriteAsync(context, StatusCodes.Status201Created, Encoding.ASCII.GetBytes($$"""{"success":true,"data":{"message":"Streaming setup complete"},"streamId":"{{streamId}}"}"""));

    /// <summary>The conversation's last answer, with the tokens of all its rounds.</summary>
    public static async Task WriteAsync(HttpContext context, string? actionName, ToolLoop loop)
    {
        using var completion = new ArrayPoolBufferWriter<byte>();
        loop.Reader.WriteCompletion(completion);
        using var document = JsonDocument.Parse(completion.WrittenMemory);
        using var body = new ArrayPoolBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body, Options))
        {
            json.WriteStartObject();
            json.WriteBoolean("success", true);
            if (actionName is not null)
            {
                json.WriteString("actionName", actionName);
            }

            json.WriteStartObject("data");
            foreach (var member in document.RootElement.EnumerateObject().Where(member => loop.Rounds == 0 || !member.NameEquals("usage")))
            {
                json.WritePropertyName(member.Name);
                json.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
            }

            WriteSum(json, loop);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, body.WrittenMemory);
    }

    private static void WriteSum(Utf8JsonWriter json, ToolLoop loop)
    {
        if (loop.Rounds > 0 && loop.Usage is { } usage)
        {
            json.WritePropertyName("usage");
            UsageJson.Write(json, usage.Usage);
        }
    }
}
