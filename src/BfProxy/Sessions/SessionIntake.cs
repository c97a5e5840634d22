using System.Text.Json;
using BfProxy.Configuration;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Sessions;

/// <summary>The first steps of every request of a visitor: whose it is, whether its page may call, and what it says.</summary>
internal sealed class SessionIntake(Settings<BotCatalog> bots, SessionStore sessions, BodyBudget budget)
{
    private const int MaxBytes = 1024 * 1024;

    // What the widget sends from within an iframe: the page around it, which the browser does not tell.
    private const string FrameOrigin = "x-typebot-iframe-referrer-origin";

    private static readonly JsonElement NoFields = JsonDocument.Parse("{}").RootElement;

    /// <summary>The bot that the path names.</summary>
    public (Bot? Bot, BfError? Refusal) FindBot(HttpContext context) =>
        context.Request.RouteValues[BotRoute.Key] is string id && bots.Current.Find(id) is { } bot ? (bot, CheckOrigin(context, bot)) : (null, SessionRefusal.NoBot());

    /// <summary>The conversation that the path names, and its bot.</summary>
    public async ValueTask<(StoredSession? Session, Bot? Bot, BfError? Refusal)> FindSessionAsync(HttpContext context)
    {
        if (context.Request.RouteValues[SessionId.Key] is not string id
            || await sessions.FindAsync(id, context.RequestAborted) is not { } stored
            || bots.Current.Find(stored.Session.Bot) is not { } bot)
        {
            return (null, null, SessionRefusal.NoSession());
        }

        return (stored, bot, CheckOrigin(context, bot));
    }

    /// <summary>The fields of the body; none where it is empty. The caller disposes the body that holds them.</summary>
    public async ValueTask<(SessionBody? Body, BfError? Refusal)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBytes)
        {
            return (null, TooLarge());
        }

        var (body, unread) = await RequestBody.ReadAsync(context.Request, budget, context.RequestAborted);
        if (body is null)
        {
            return (null, unread);
        }

        if (body.Bytes.IsEmpty)
        {
            return (new SessionBody(NoFields, null, body), null);
        }

        if (body.Bytes.Length > MaxBytes)
        {
            body.Dispose();
            return (null, TooLarge());
        }

        if (BfEnvelope.TryParse(body.Bytes, out var envelope, out var fault))
        {
            return (new SessionBody(envelope.Root, envelope, body), null);
        }

        body.Dispose();
        return (null, fault.ToError());
    }

    private static BfError TooLarge() => SessionRefusal.Of(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {MaxBytes / 1024} KiB.");

    private static BfError? CheckOrigin(HttpContext context, Bot bot)
    {
        var headers = context.Request.Headers;
        var isAllowed = bot.Origins is null || (OriginCheck.IsAllowed(context, headers.Origin, bot.Origins) && OriginCheck.IsAllowed(context, headers[FrameOrigin], bot.Origins));
        return isAllowed ? null : new BfError { Status = StatusCodes.Status403Forbidden, Message = "Origin not allowed", Kind = BfErrorKind.Permission };
    }
}
