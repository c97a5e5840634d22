using System.Diagnostics.CodeAnalysis;
using BfProxy.Channels;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>The one place that chooses, by an app's <c>Delivery</c>, where the events of a stream go: to channels, to BetterForms, or to both.</summary>
internal sealed class StreamDeliveries(IChannelEngine channels, PortalDeliveries portals, UnheardChannels unheard)
{
    /// <summary>Opens the way for a stream. False, with a 400, where BetterForms could do nothing with its events.</summary>
    public bool TryOpen(StreamDelivery delivery, string streamId, [NotNullWhen(true)] out IStreamPublisher? publisher, [NotNullWhen(false)] out BfError? error)
    {
        error = null;
        var mode = delivery.App.Delivery;
        var portal = mode is DeliveryMode.Channels ? null : OpenPortal(delivery, streamId);
        if (mode is DeliveryMode.BetterForms && portal is null)
        {
            publisher = null;
            error = NothingToCall(delivery);
            return false;
        }

        // To no channel of ours where BetterForms has them all: then it is only for other nodes to know of the stream.
        IReadOnlyList<string> ours = mode is DeliveryMode.BetterForms ? [] : delivery.Channels;
        unheard.Note(delivery.App, ours);
        var side = portal is null ? null : new SideDelivery(delivery.Channels, portal.Completion);
        var own = channels.OpenStream(new ChannelScope(delivery.App.Name, delivery.Host), ours, delivery.ActionName, streamId, side);
        publisher = portal is null ? own : new PairedPublisher(own, portal);
        return true;
    }

    private PortalPublisher? OpenPortal(StreamDelivery delivery, string streamId)
    {
        var key = delivery.App.PortalKey ?? delivery.AppKey;
        return key is null || delivery.ActionName is null
            ? null
            : portals.Open(streamId, PortalTarget.Create(delivery.App.Name, delivery.App.Portal, key, delivery.Channels, delivery.ActionName), delivery.MaxBytes);
    }

    private static BfError NothingToCall(StreamDelivery delivery) => new()
    {
        Status = StatusCodes.Status400BadRequest,
        Message = delivery.ActionName is null
            ? "actionName: required, because this app's events are handed to BetterForms as a named action"
            : "apiKey: required, because this app's events are handed to BetterForms under it",
        Kind = BfErrorKind.BadRequest,
    };
}
