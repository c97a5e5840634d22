using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Security;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Sessions;

/// <summary>Writes the answers of <c>startChat</c> and <c>continueChat</c>.</summary>
internal static class SessionReply
{
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A new conversation, as far as it goes by itself; one that is only registered says nothing yet.</summary>
    public static Task WriteStartAsync(HttpContext context, Bot bot, string sessionId, string resultId, Step? step, TextFormat format) => WriteAsync(context, json =>
    {
        json.WriteString("sessionId", sessionId);
        json.WriteString("resultId", resultId);
        BotDescription.Write(json, bot);
        if (step is null)
        {
            json.WriteStartArray("messages");
            json.WriteEndArray();
        }
        else
        {
            WriteStep(json, bot, step, format);
        }
    });

    public static Task WriteAsync(HttpContext context, Bot bot, Step step, TextFormat format) => WriteAsync(context, json => WriteStep(json, bot, step, format));

    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using var body = new ArrayPoolBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body, WriterOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, body.WrittenMemory);
    }

    private static void WriteStep(Utf8JsonWriter json, Bot bot, Step step, TextFormat format)
    {
        var place = step.Session.History.Count.ToString(CultureInfo.InvariantCulture);
        string[] ids = [.. step.Bubbles.Select((_, index) => string.Create(CultureInfo.InvariantCulture, $"bubble-{place}-{index}"))];
        json.WriteStartArray("messages");
        for (var i = 0; i < ids.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("id", ids[i]);
            json.WriteString("type", "text");
            RichText.Write(json, step.Bubbles[i], format);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        switch (step.End)
        {
            case StepEnd.Input:
                WriteInput(json, bot, "input-" + place);
                break;
            case StepEnd.Answer:
                WriteStreamAction(json, ids.LastOrDefault());
                break;
            default:
                break;
        }
    }

    private static void WriteInput(Utf8JsonWriter json, Bot bot, string id)
    {
        json.WriteStartObject("input");
        json.WriteString("id", id);
        json.WriteString("type", "text input");
        json.WriteStartObject("options");
        json.WriteStartObject("labels");
        json.WriteString("placeholder", bot.Options.Placeholder);
        json.WriteString("button", bot.Options.Button);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Without the id of the bubble before it the widget would never show the bubbles.</summary>
    private static void WriteStreamAction(Utf8JsonWriter json, string? lastBubble)
    {
        json.WriteStartArray("clientSideActions");
        json.WriteStartObject();
        json.WriteString("type", "stream");
        json.WriteBoolean("stream", value: true);
        json.WriteBoolean("expectsDedicatedReply", value: true);
        if (lastBubble is not null)
        {
            json.WriteString("lastBubbleBlockId", lastBubble);
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }
}
