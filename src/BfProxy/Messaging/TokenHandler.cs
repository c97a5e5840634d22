using System.Globalization;
using System.Text.Json;
using BfProxy.Channels;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Messaging;

/// <summary><c>POST /message/token</c>: makes a channel token for a user, for back ends that cannot sign one.</summary>
internal sealed class TokenHandler(RequestIntake intake, ChannelTokenWriter tokens)
{
    private const int DefaultSeconds = 3600;
    private const int MaxSeconds = 30 * 24 * 3600;

    public async Task HandleAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context);
        if (bf is null)
        {
            return;
        }

        var error = Read(bf, out var token, out var seconds);
        if (error is not null)
        {
            await ServerAnswer.RefuseAsync(context, bf, error);
            return;
        }

        var text = tokens.Write(bf.App, token!, TimeSpan.FromSeconds(seconds));
        if (text.Length > ChannelTokenReader.MaxLength)
        {
            await ServerAnswer.RefuseAsync(context, bf, ServerAnswer.Fault("channels", $"the token would be longer than {ChannelTokenReader.MaxLength} characters; use /message/adduser"));
            return;
        }

        await ServerAnswer.WriteAsync(context, json => json.WriteString("token", text));
    }

    private static BfError? Read(BfCall bf, out ChannelToken? token, out int seconds)
    {
        (token, seconds) = (null, DefaultSeconds);
        var root = bf.Envelope.Root;
        if (bf.App.TokenSecret is null)
        {
            return new BfError { Status = StatusCodes.Status403Forbidden, Message = "This app has no TokenSecret, and so no users", Kind = BfErrorKind.Permission };
        }

        var user = root.TryGetProperty("user", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        var id = user.ValueKind == JsonValueKind.Object && user.TryGetProperty("id", out var named) ? ServerRequest.Text(named) : null;
        if (id is null || !ChannelNames.IsFree(id))
        {
            return ServerAnswer.Fault("user.id", $"expected the id of a user, 1 to {ChannelNames.MaxLength} characters and no reserved name");
        }

        string? email = null;
        if (ServerRequest.TryFind(user, "email", out var address) && (email = address.ValueKind == JsonValueKind.String ? address.GetString() : null) is null)
        {
            return ServerAnswer.Fault("user.email", "expected a string");
        }

        if (ServerRequest.TryFind(root, "ttl", out var ttl) && (!int.TryParse(ServerRequest.Text(ttl), NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds is < 1 or > MaxSeconds))
        {
            return ServerAnswer.Fault("ttl", $"expected seconds, 1 to {MaxSeconds}");
        }

        if (!ChannelGrants.TryReadAll(root, out var channels) || channels.Any(grant => ChannelNames.IsReserved(grant.Channel) || grant.Channel.Length > ChannelNames.MaxLength))
        {
            return ServerAnswer.Fault("channels", $"expected an array of {{name, mode}}: names of at most {ChannelNames.MaxLength} characters, none reserved, mode ignore, listen or receive");
        }

        token = new ChannelToken(new User(id, email), channels);
        return channels.FirstOrDefault(grant => ChannelNames.IsOpenToAnonymous(grant.Channel, bf.App.AnonymousChannels)).Channel is { } open
            ? ServerAnswer.Fault("channels", $"'{open}' is an anonymous channel; a page joins it by itself (channelJoinAnon)")
            : null;
    }
}
