using BfProxy.Forwarding;
using BfProxy.Transforms.Contract;

namespace BfProxy.Sessions;

/// <summary><c>POST /api/v1/typebots/{publicId}/startChat</c>: a new conversation.</summary>
internal sealed class StartChatHandler(SessionIntake intake, SessionStore sessions, SessionSteps steps, StartLimit limit)
{
    public async Task HandleAsync(HttpContext context)
    {
        var (bot, refusal) = intake.FindBot(context);
        if (refusal is null && !limit.TryStart(bot!, context.Connection.RemoteIpAddress))
        {
            refusal = new BfError { Status = 429, Message = "Too many conversations were started from this address; try again in a minute.", RetryAfter = TimeSpan.FromMinutes(1), Kind = BfErrorKind.RateLimit };
        }

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

        StartRequest? start;
        using (body)
        {
            (start, refusal) = StartRequest.Read(body.Root, bot!);
        }

        if (start is null)
        {
            await SessionRefusal.WriteAsync(context, refusal!);
            return;
        }

        await StartAsync(context, bot!, start);
    }

    private async Task StartAsync(HttpContext context, Bot bot, StartRequest start)
    {
        var session = new ChatSession { Bot = bot.PublicId, Streams = start.Streams, Variables = start.Variables };
        var step = start.OnlyRegisters ? null : await steps.TakeAsync(context, bot, session, start.Message);
        var id = await sessions.AddAsync(step?.Session ?? session, bot, context.RequestAborted);
        await SessionReply.WriteStartAsync(context, bot, id, start.ResultId ?? RunningStreams.NewId(), step, start.Format);
    }
}
