using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BfProxy.Backplane;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>
/// One-use stand-ins for channel tokens, which must not stand in an address: addresses are logged. The store knows a ticket by its hash
/// together with app and host, so that it is good for these only.
/// </summary>
internal sealed class Tickets(IStateStore store)
{
    private const int TicketBytes = 24;
    private const int MaxLength = 64;

    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(30);

    /// <summary>A ticket for <paramref name="token"/>, which the caller has checked.</summary>
    public async ValueTask<string> IssueAsync(ChannelScope scope, string token, CancellationToken cancellationToken)
    {
        var ticket = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TicketBytes));
        await store.SetAsync(KeyOf(scope, ticket), Encoding.UTF8.GetBytes(token), TimeToLive, cancellationToken);
        return ticket;
    }

    /// <summary>The token that a ticket stands for, once; null where it is unknown, used or too old.</summary>
    public async ValueTask<string?> RedeemAsync(ChannelScope scope, string ticket, CancellationToken cancellationToken) =>
        ticket.Length is > 0 and <= MaxLength && await store.TakeAsync(KeyOf(scope, ticket), cancellationToken) is { } token ? Encoding.UTF8.GetString(token) : null;

    private static string KeyOf(ChannelScope scope, string ticket) =>
        "messaging:ticket:" + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{scope.App}\0{scope.Host}\0{ticket}")));
}
