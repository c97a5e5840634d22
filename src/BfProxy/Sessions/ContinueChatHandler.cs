using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Sessions;

/// <summary><c>POST /api/v1/sessions/{sessionId}/continueChat</c>: the visitor's message, or the end of an answer that was shown.</summary>
internal sealed class ContinueChatHandler(SessionIntake intake, SessionStore sessions, SessionSteps steps)
{
    private const int MaxTries = 3;

    public async Task HandleAsync(HttpContext context)
    {
        var (stored, bot, refusal) = await intake.FindSessionAsync(context);
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

        string? message;
        TextFormat format;
        using (body)
        {
            if (!TryRead(body.Root, out message, out format, out refusal))
            {
                await SessionRefusal.WriteAsync(context, refusal!);
                return;
            }
        }

        await ContinueAsync(context, bot!, stored!, message, format);
    }

    private static bool TryRead(JsonElement root, out string? message, out TextFormat format, out BfError? refusal)
    {
        format = TextFormat.RichText;
        return VisitorMessage.TryRead(root, out message, out refusal) && StartRequest.TryReadFormat(root, out format, out refusal);
    }

    private async Task ContinueAsync(HttpContext context, Bot bot, StoredSession stored, string? message, TextFormat format)
    {
        StoredSession? now = stored;
        for (var tries = 0; now is not null && tries < MaxTries; tries++)
        {
            var step = await steps.TakeAsync(context, bot, now.Session, message);
            if (await sessions.ChangeAsync(now, step.Session, bot, context.RequestAborted) is not null)
            {
                await SessionReply.WriteAsync(context, bot, step, format);
                return;
            }

            // An answer that was paid for is not asked for again.
            now = now.Session.Streams ? await sessions.FindAsync(now.Id, context.RequestAborted) : null;
        }

        await SessionRefusal.WriteAsync(context, SessionRefusal.Busy());
    }
}
