using System.Buffers;
using System.Text.Json;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.LlmQuery;

/// <summary><c>POST /llm/query/stop</c>: ends a running stream. Its id is the permission, within the app.</summary>
internal sealed class StopHandler(RequestIntake intake, StreamStops stops, GuessLimiter guesses)
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

        // Who has the app's key need not guess.
        var address = context.Connection.RemoteIpAddress;
        if (!bf.HasKey && !guesses.MayGuess(address))
        {
            var fault = new BfError { Status = 429, Message = "Too many unknown stream ids from this address", RetryAfter = TimeSpan.FromMinutes(1), Kind = BfErrorKind.RateLimit };
            await ErrorResponse.WriteAsync(context, fault, bf.Envelope.ActionName);
            return;
        }

        var stopped = await stops.StopAsync(id, new StreamOwner(bf.App.Name, bf.App.ScopeHost(context.Request.Host.Host)), context.RequestAborted);
        if (!stopped && !bf.HasKey)
        {
            guesses.WasWrong(address);
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
        using var body = new ArrayPoolBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body))
        {
            json.WriteStartObject();
            json.WriteString("status", stopped ? "stopped" : "not_found");
            json.WriteString("streamId", id);
            json.WriteEndObject();
        }

        await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, body.WrittenMemory);
    }
}
