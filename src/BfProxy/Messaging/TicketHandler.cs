using System.Globalization;
using System.Text.Json;
using BfProxy.Backplane;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Messaging;

/// <summary><c>POST /message/ticket</c>: a page's token for a ticket that may stand in the address of one connection.</summary>
internal sealed class TicketHandler(RequestIntake intake, Tickets tickets, Authentication authentication, GuessLimiter guesses, MessagingKey key, INodeBus bus)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context, static _ => false);
        if (bf is null)
        {
            return;
        }

        var address = context.Connection.RemoteIpAddress;
        if (!guesses.MayGuess(address))
        {
            await ErrorResponse.WriteAsync(context, new BfError { Status = 429, Message = MessagingErrors.TooManyTokens.Message, RetryAfter = TimeSpan.FromMinutes(1), Kind = BfErrorKind.RateLimit });
            return;
        }

        var visitor = new MessagingVisitor(Admission.ScopeOf(context, bf.App), context.Request.Host.Host, bf.App.AnonymousChannels, address, bus.NodeId, await key.GetAsync());
        var text = bf.Envelope.Root.TryGetProperty("token", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (authentication.Read(visitor, text, out _) is { } error)
        {
            await ErrorResponse.WriteAsync(context, new BfError { Status = 401, Message = string.Create(CultureInfo.InvariantCulture, $"token: {error.Message} ({error.Code})"), Kind = BfErrorKind.Authentication });
            return;
        }

        var ticket = await tickets.IssueAsync(visitor.Scope, text!, context.RequestAborted);
        await ServerAnswer.WriteAsync(context, json =>
        {
            json.WriteString("ticket", ticket);
            json.WriteNumber("expiresIn", (int)Tickets.TimeToLive.TotalSeconds);
        });
    }
}
