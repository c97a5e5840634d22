using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Transforms.Contract;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Sessions;

/// <summary><c>POST /api/v2/sessions/{sessionId}/streamMessage</c>: the pending answer while it is generated, from its first token, however often it is asked for.</summary>
internal sealed class StreamMessageHandler(SessionIntake intake, RunningAnswers answers, Settings<ChannelsOptions> options, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var (stored, bot, refusal) = await intake.FindSessionAsync(context);
        if (refusal is null)
        {
            // What it says is of no matter: the session knows what is to be answered.
            (var body, refusal) = await intake.ReadAsync(context);
            body?.Dispose();
        }

        refusal ??= Check(stored!.Session);
        if (refusal is not null)
        {
            await SessionRefusal.WriteAsync(context, refusal);
            return;
        }

        if (WholeAnswer(stored!.Session) is { } text)
        {
            await ReplayAsync(context, bot!, text);
        }
        else
        {
            await StreamAsync(context, stored, bot!);
        }
    }

    private BfError? Check(ChatSession session) => session switch
    {
        { Pending: null } when WholeAnswer(session) is null => SessionRefusal.NothingToStream(),
        { Pending.Text: null } when answers.IsDraining => StreamErrors.Draining(),
        _ => null,
    };

    /// <summary>An answer that was had already: the pending one, or, for a page that was reloaded just then, the last one.</summary>
    private static string? WholeAnswer(ChatSession session) =>
        session.Pending is { } pending ? pending.Text : session.History is [.., { ByVisitor: false } last] ? last.Text : null;

    private static IAnswerFormat FormatOf(HttpRequest request) =>
        request.Headers.Accept.Any(static accept => accept?.Contains(EventFormat.Instance.ContentType, StringComparison.OrdinalIgnoreCase) == true) ? EventFormat.Instance : DataStreamFormat.Instance;

    private static async Task ReplayAsync(HttpContext context, Bot bot, string text)
    {
        using var answer = new RunningAnswer(bot.Options.FallbackText);
        answer.Replay(text);
        var position = 0;
        var format = FormatOf(context.Request);
        await BeginAsync(context, format);
        format.WriteText(context.Response.BodyWriter, answer.Take(ref position).Span);
        format.WriteEnd(context.Response.BodyWriter, AnswerEnd.Replayed);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private async Task StreamAsync(HttpContext context, StoredSession stored, Bot bot)
    {
        var format = FormatOf(context.Request);
        var reader = new AnswerReader(format, context.Response.BodyWriter);
        var answer = answers.Join(stored, bot, reader, out var isNew);
        try
        {
            if (isNew)
            {
                // Others may have joined meanwhile: it is theirs too, whether or not the first stays.
                await answers.StartAsync(answer, stored, bot, CancellationToken.None);
            }

            await BeginAsync(context, format);
            if (await reader.ReadAsync(answer, time, options.Current.PingInterval, context.RequestAborted))
            {
                // Before the end is seen: the visitor's client may come with its next request at once.
                await answers.KeepAsync(answer, stored, bot);
                format.WriteEnd(context.Response.BodyWriter, await answer.EndAsync());
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
            else if (answer.IsOver)
            {
                await answers.KeepAsync(answer, stored, bot);
            }
        }
        finally
        {
            answers.Leave(answer, stored, reader);
        }
    }

    /// <summary>Nothing on the way may hold the text back. The headers go out with the first flush.</summary>
    private static Task BeginAsync(HttpContext context, IAnswerFormat format)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = format.ContentType;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return context.Response.StartAsync(context.RequestAborted);
    }
}
