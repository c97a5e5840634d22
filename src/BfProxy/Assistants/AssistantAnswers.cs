using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Security;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Assistants;

/// <summary>What an accepted run is answered with; always 201.</summary>
internal static class AssistantAnswers
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task AcknowledgeAsync(HttpContext context, AssistantRun run) => WriteAsync(context, run, "created", writeData: null);

    /// <summary>The last message of the run; of a stopped one as far as it came.</summary>
    public static Task WriteAsync(HttpContext context, AssistantRun run)
    {
        var isWhole = run.Output.Status == RunStatus.Completed;
        return WriteAsync(context, run, isWhole ? "done" : run.Output.Status, json =>
        {
            if (isWhole)
            {
                ThreadMessages.WriteContent(run.Loop.Reader.ReadTurn(), json);
            }
            else
            {
                WritePart(json, run.Output.Text);
            }
        });
    }

    public static async Task StoppedAsync(HttpContext context, string threadId, string runId, string status)
    {
        using var body = new ArrayPoolBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body, Options))
        {
            json.WriteStartObject();
            json.WriteBoolean("success", true);
            json.WriteString("status", status);
            json.WriteString("threadId", threadId);
            json.WriteString("runId", runId);
            json.WriteEndObject();
        }

        await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, body.WrittenMemory);
    }

    private static async Task WriteAsync(HttpContext context, AssistantRun run, string status, Action<Utf8JsonWriter>? writeData)
    {
        using var body = new ArrayPoolBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body, Options))
        {
            json.WriteStartObject();
            json.WriteBoolean("success", true);
            if (writeData is not null)
            {
                json.WritePropertyName("data");
                writeData(json);
            }

            json.WriteString("threadId", run.Thread.Id);
            json.WriteString("runId", run.Id);
            json.WriteString("status", status);
            json.WriteEndObject();
        }

        await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, body.WrittenMemory);
    }

    private static void WritePart(Utf8JsonWriter json, ReadOnlySpan<byte> text) =>
        json.WriteRawValue((byte[])[.. "[{\"type\":\"text\",\"text\":{\"value\":\""u8, .. text, .. "\",\"annotations\":[]}}]"u8], skipInputValidation: true);
}
