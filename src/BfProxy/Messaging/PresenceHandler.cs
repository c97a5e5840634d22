using System.Text.Json;
using BfProxy.Channels;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary><c>POST /message/channels</c>, <c>/message/users</c> and <c>/message/allusers</c>: who is connected, in BetterForms' shapes.</summary>
internal sealed class PresenceHandler(RequestIntake intake, Presence presence)
{
    public async Task ChannelsAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context);
        if (bf is null)
        {
            return;
        }

        var channels = Merge(await presence.GetAsync(Admission.ScopeOf(context, bf.App), context.RequestAborted));
        var names = channels.Keys.Where(static name => !ChannelNames.IsTab(name)).ToLookup(name => IsOpen(bf.App, name, channels[name]));
        await ServerAnswer.WriteAsync(context, json =>
        {
            WriteNames(json, "authenticated", names[false]);
            WriteNames(json, "anonymous", names[true]);
        });
    }

    public async Task UsersAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context);
        if (bf is null)
        {
            return;
        }

        string? only = null;
        if (ServerRequest.TryFind(bf.Envelope.Root, "channel", out var channel) && (only = channel.ValueKind == JsonValueKind.String ? channel.GetString() : null) is null)
        {
            await ServerAnswer.RefuseAsync(context, bf, ServerAnswer.Fault("channel", "expected a name"));
            return;
        }

        var channels = Merge(await presence.GetAsync(Admission.ScopeOf(context, bf.App), context.RequestAborted));
        if (only is not null)
        {
            var known = channels.GetValueOrDefault(only);
            channels.Clear();
            if (known is not null || !ChannelNames.IsTab(only))
            {
                channels[only] = known ?? ChannelPresence.Nobody;
            }
        }

        await ServerAnswer.WriteAsync(context, json =>
        {
            foreach (var (name, there) in channels)
            {
                json.WritePropertyName(name);
                WriteThere(json, bf.App, name, there);
            }
        });
    }

    public async Task AllUsersAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context);
        if (bf is null)
        {
            return;
        }

        var (lists, once) = (false, true);
        if (!ServerRequest.TryReadFlag(bf.Envelope.Root, "includeUsers", ref lists, out var error) || !ServerRequest.TryReadFlag(bf.Envelope.Root, "dedupeUsers", ref once, out error))
        {
            await ServerAnswer.RefuseAsync(context, bf, error);
            return;
        }

        var nodes = await presence.GetAsync(Admission.ScopeOf(context, bf.App), context.RequestAborted);
        await ServerAnswer.WriteAsync(context, json => WriteCenters(json, nodes, lists, once));
    }

    private static void WriteCenters(Utf8JsonWriter json, IReadOnlyList<NodePresence> nodes, bool lists, bool once)
    {
        var (authenticated, anonymous) = (0, 0);
        foreach (var center in nodes.GroupBy(static node => node.DataCenter, StringComparer.Ordinal).OrderBy(static center => center.Key, StringComparer.Ordinal))
        {
            var all = center.Aggregate(ChannelPresence.Nobody, static (sum, node) => sum.With(node.All));
            User[] users = [.. once ? all.Distinct : all.Users];
            authenticated += users.Length;
            anonymous += all.Anonymous;
            json.WriteStartObject(center.Key);
            if (lists)
            {
                json.WritePropertyName("authenticated");
                WriteUsers(json, users);
            }

            json.WriteNumber(lists ? "authenticatedCount" : "authenticated", users.Length);
            json.WriteNumber("anonymous", all.Anonymous);
            json.WriteEndObject();
        }

        json.WriteStartObject("_total");
        json.WriteNumber("authenticated", authenticated);
        json.WriteNumber("anonymous", anonymous);
        json.WriteEndObject();
    }

    private static SortedDictionary<string, ChannelPresence> Merge(IReadOnlyList<NodePresence> nodes)
    {
        var channels = new SortedDictionary<string, ChannelPresence>(StringComparer.Ordinal);
        foreach (var (name, there) in nodes.SelectMany(static node => node.Channels))
        {
            channels[name] = channels.TryGetValue(name, out var others) ? others.With(there) : there;
        }

        return channels;
    }

    /// <summary>A user's private channel is not, whatever the patterns say.</summary>
    private static bool IsOpen(App app, string name, ChannelPresence there) =>
        ChannelNames.IsOpenToAnonymous(name, app.AnonymousChannels) && !there.Users.Any(user => user.Id == name);

    private static void WriteThere(Utf8JsonWriter json, App app, string name, ChannelPresence there)
    {
        if (ChannelNames.IsTab(name) && there.Users is [var user, ..])
        {
            WriteUser(json, user);
        }
        else if (ChannelNames.IsTab(name) || IsOpen(app, name, there))
        {
            json.WriteNumberValue(there.Connections);
        }
        else
        {
            WriteUsers(json, there.Distinct);
        }
    }

    private static void WriteNames(Utf8JsonWriter json, string member, IEnumerable<string> names)
    {
        json.WriteStartArray(member);
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private static void WriteUsers(Utf8JsonWriter json, IEnumerable<User> users)
    {
        json.WriteStartArray();
        foreach (var user in users.OrderBy(static user => user.Id, StringComparer.Ordinal))
        {
            WriteUser(json, user);
        }

        json.WriteEndArray();
    }

    private static void WriteUser(Utf8JsonWriter json, User user)
    {
        json.WriteStartObject();
        json.WriteString("id", user.Id);
        json.WriteString("email", user.Email);
        json.WriteEndObject();
    }
}
