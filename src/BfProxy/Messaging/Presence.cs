using System.Text.Json;
using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>Who is connected, over all nodes: each is asked when somebody wants to know, so that a connection costs nothing for it.</summary>
internal sealed class Presence
{
    private const string Kind = "messaging:presence";

    private readonly ChannelHub _hub;
    private readonly INodeBus _bus;
    private readonly NodeDirectory _nodes;
    private readonly Settings<PresenceOptions> _options;

    public Presence(ChannelHub hub, INodeBus bus, NodeDirectory nodes, Settings<PresenceOptions> options)
    {
        (_hub, _bus, _nodes, _options) = (hub, bus, nodes, options);
        bus.Handle(Kind, HandleAsync);
    }

    /// <summary>What every node that answers says.</summary>
    public async ValueTask<IReadOnlyList<NodePresence>> GetAsync(ChannelScope scope, CancellationToken cancellationToken)
    {
        var question = JsonSerializer.SerializeToUtf8Bytes<string[]>([scope.App, scope.Host]);
        var nodes = await _nodes.GetAsync(cancellationToken);
        var answers = await Task.WhenAll(nodes.Select(node => AskAsync(node, question, cancellationToken)));
        return [.. answers.OfType<NodePresence>()];
    }

    private async Task<NodePresence?> AskAsync(string node, byte[] question, CancellationToken cancellationToken)
    {
        if (await _bus.AskAsync(node, Kind, question, cancellationToken) is { } answer)
        {
            return JsonSerializer.Deserialize<NodePresence>(answer);
        }

        await _nodes.ForgetAsync(node, cancellationToken);
        return null;
    }

    private ValueTask<byte[]?> HandleAsync(ReadOnlyMemory<byte> message)
    {
        var scope = JsonSerializer.Deserialize<string[]>(message.Span) is [var app, var host] ? new ChannelScope(app, host) : default;
        var all = new HashSet<Connection>();
        var channels = new Dictionary<string, ChannelPresence>(StringComparer.Ordinal);
        foreach (var (name, connections) in _hub.Occupied(scope))
        {
            channels[name] = Count(connections);
            all.UnionWith(connections);
        }

        return new(JsonSerializer.SerializeToUtf8Bytes(new NodePresence(_options.Current.DataCenter, Count(all), channels)));
    }

    private static ChannelPresence Count(IReadOnlyCollection<Connection> connections)
    {
        User[] users = [.. connections.Select(static connection => connection.User).OfType<User>()];
        return new ChannelPresence(users, connections.Count - users.Length);
    }
}
