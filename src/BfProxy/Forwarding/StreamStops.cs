using System.Text;
using BfProxy.Backplane;
using BfProxy.Channels;

namespace BfProxy.Forwarding;

/// <summary>Stops a running stream on whichever node it runs.</summary>
internal sealed class StreamStops(RunningStreams streams, IChannelEngine engine, INodeBus bus) : IHostedService
{
    private const string Kind = "streams.stop";
    private const char Separator = '\n';
    private const byte Stopped = 1;

    /// <summary>Whether a stream of this owner's app was running, and now ends.</summary>
    public async ValueTask<bool> StopAsync(string id, StreamOwner owner, CancellationToken cancellationToken)
    {
        if (await streams.StopAsync(id, owner, cancellationToken))
        {
            return true;
        }

        return await engine.NodeOfAsync(id, cancellationToken) is { } node && await StopAtAsync(node, id, owner, cancellationToken);
    }

    /// <summary>The same where the node is known, as of a stream that no channel hears.</summary>
    public async ValueTask<bool> StopAtAsync(string node, string id, StreamOwner owner, CancellationToken cancellationToken)
    {
        if (await streams.StopAsync(id, owner, cancellationToken))
        {
            return true;
        }

        if (string.Equals(node, bus.NodeId, StringComparison.Ordinal))
        {
            return false;
        }

        var message = Encoding.UTF8.GetBytes($"{id}{Separator}{owner.App}{Separator}{owner.Host}");
        // A node that does not answer is gone, or cut off for a while: nobody knows which.
        return (await bus.AskAsync(node, Kind, message, cancellationToken) ?? throw new StateUnavailableException()) is [Stopped];
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        bus.Handle(Kind, StopHereAsync);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async ValueTask<byte[]?> StopHereAsync(ReadOnlyMemory<byte> message) =>
        Encoding.UTF8.GetString(message.Span).Split(Separator, 3) is [var id, var app, var host] && await streams.StopAsync(id, new StreamOwner(app, host), CancellationToken.None) ? [Stopped] : [0];
}
