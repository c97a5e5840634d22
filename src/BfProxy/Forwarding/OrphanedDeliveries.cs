using System.Buffers;
using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>
/// Tells BetterForms how a stream ended whose node is gone: by error, once. Only where the app has a <c>PortalKey</c>, which every node knows:
/// the key that came with the request died with its node.
/// </summary>
internal sealed class OrphanedDeliveries : IHostedService
{
    /// <summary>Room for text, of which there is none: events always have room.</summary>
    private const long NoText = 0;

    private readonly Settings<AppCatalog> _apps;
    private readonly PortalDeliveries _portals;

    public OrphanedDeliveries(IChannelEngine channels, Settings<AppCatalog> apps, PortalDeliveries portals)
    {
        (_apps, _portals) = (apps, portals);
        channels.Orphaned += End;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void End(OrphanedDelivery orphan)
    {
        if (orphan.ActionName is not { } action || _apps.Current.FindByName(orphan.App) is not { Delivery: not DeliveryMode.Channels } app)
        {
            return;
        }

        if (app.PortalKey is not { } key)
        {
            _portals.Failed(app.Name, PortalFailure.NoKey);
            return;
        }

        var publisher = _portals.Open(orphan.StreamId, PortalTarget.Create(app.Name, app.Portal, key, orphan.Channels, action), NoText);
        var json = new ArrayBufferWriter<byte>();
        BfEventWriter.WriteError(json, StreamErrors.NodeGone(), showProviderWords: false);
        publisher.Event(json.WrittenSpan);
        json.Clear();
        BfEventWriter.WriteEnd(json, "error", usage: null, default);
        publisher.Event(json.WrittenSpan);
        publisher.Close();
    }
}
