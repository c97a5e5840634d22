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
        if (mode is DeliveryMode.BetterForms)
        {
            publisher = portal;
            error = portal is null ? NothingToCall(delivery) : null;
            return publisher is not null;
        }

        unheard.Note(delivery.App, delivery.Channels);
        var own = channels.OpenStream(new ChannelScope(delivery.App.Name, delivery.Host), delivery.Channels, delivery.ActionName, streamId);
        publisher = portal is null ? own : new PairedPublisher(own, portal);
        return true;
    }

    private IStreamPublisher? OpenPortal(StreamDelivery delivery, string streamId)
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
