using System.Text.Json;

namespace BfProxy.Sessions;

/// <summary><c>POST /api/v1|v2/sessions/{sessionId}/clientLogs</c>: what the widget has to report. Counted, not repeated: it may hold what was said.</summary>
internal sealed class ClientLogsHandler(SessionIntake intake, ILogger<ClientLogsHandler> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        var (_, bot, refusal) = await intake.FindSessionAsync(context);
        if (refusal is not null)
        {
            await SessionRefusal.WriteAsync(context, refusal);
            return;
        }

        var (body, unread) = await intake.ReadAsync(context);
        if (body is null)
        {
            await SessionRefusal.WriteAsync(context, unread!);
            return;
        }

        using (body)
        {
            var count = body.Root.TryGetProperty("clientLogs", out var logs) && logs.ValueKind is JsonValueKind.Array ? logs.GetArrayLength() : 0;
            SessionsLog.ClientLogs(logger, bot!.PublicId, count);
        }

        await SessionReply.WriteAsync(context, static json => json.WriteString("message", "Logs received."));
    }
}
