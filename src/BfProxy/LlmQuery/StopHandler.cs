using System.Text.Json;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.LlmQuery;

/// <summary><c>POST /llm/query/stop</c>: ends a running stream. Its id is the permission, within the app.</summary>
internal sealed class StopHandler(RequestIntake intake, RunningStreams streams, GuessLimiter guesses)
{
    private const int MaxIdLength = 128;

    public async Task HandleAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context, static app => app.StopNeedsKey);
        if (bf is null)
        {
            return;
        }

        if (!TryReadId(bf.Envelope.Root, out var id))
        {
            var fault = new BfError { Status = 400, Message = $"streamId: expected the id of a stream, a string of 1 to {MaxIdLength} characters", Kind = BfErrorKind.BadRequest };
            await ErrorResponse.WriteAsync(context, fault, bf.Envelope.ActionName);
            return;
        }

        if (!guesses.MayGuess(context))
        {
            var fault = new BfError { Status = 429, Message = "Too many unknown stream ids from this address", RetryAfter = TimeSpan.FromMinutes(1), Kind = BfErrorKind.RateLimit };
            await ErrorResponse.WriteAsync(context, fault, bf.Envelope.ActionName);
            return;
        }

        var stopped = streams.Stop(id, new StreamOwner(bf.App.Name, bf.App.ScopeHost(context.Request.Host.Host)));
        if (!stopped)
        {
            guesses.WasWrong(context);
        }

        await AnswerAsync(context, stopped, id);
    }

    private static bool TryReadId(JsonElement root, out string id)
    {
        id = root.TryGetProperty("streamId", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return id.Length is > 0 and <= MaxIdLength;
    }

    private static async Task AnswerAsync(HttpContext context, bool stopped, string id)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/json; charset=utf-8";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteString("status", stopped ? "stopped" : "not_found");
            json.WriteString("streamId", id);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
