using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Security;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.LlmQuery;

/// <summary><c>POST /llm/tool-response</c>: a page answers a tool call. The call's id is the permission, within the app.</summary>
internal sealed class ToolResponseHandler(RequestIntake intake, PendingCalls pending, GuessLimiter guesses)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task HandleAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context, static app => app.StopNeedsKey);
        if (bf is null)
        {
            return;
        }

        var root = bf.Envelope.Root;
        if (!root.TryGetProperty("toolCallId", out var value) || value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } id)
        {
            var fault = new BfError { Status = StatusCodes.Status400BadRequest, Message = "toolCallId: expected the id of a tool call, a string", Kind = BfErrorKind.BadRequest };
            await ErrorResponse.WriteAsync(context, fault, bf.Envelope.ActionName);
            return;
        }

        var address = context.Connection.RemoteIpAddress;
        if (!bf.HasKey && !guesses.MayGuess(address))
        {
            var fault = new BfError { Status = StatusCodes.Status429TooManyRequests, Message = "Too many unknown tool call ids from this address", RetryAfter = TimeSpan.FromMinutes(1), Kind = BfErrorKind.RateLimit };
            await ErrorResponse.WriteAsync(context, fault, bf.Envelope.ActionName);
            return;
        }

        var status = await pending.AnswerAsync(bf.App.Name, id, ToolAnswer.Read(root), context.RequestAborted);
        if (status == AnswerStatus.NotFound && !bf.HasKey)
        {
            guesses.WasWrong(address);
        }

        await AnswerAsync(context, status, id);
    }

    private static async Task AnswerAsync(HttpContext context, AnswerStatus status, string id)
    {
        using var body = new ArrayPoolBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body, Options))
        {
            json.WriteStartObject();
            json.WriteString("status", ToolAnswer.Word(status));
            json.WriteString("toolCallId", id);
            json.WriteEndObject();
        }

        await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, body.WrittenMemory);
    }
}
