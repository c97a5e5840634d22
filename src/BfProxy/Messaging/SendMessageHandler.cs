using System.Text.Json;
using BfProxy.Channels;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Messaging;

/// <summary><c>POST /message/sendmessage</c>: a message of the app's server, to any channels of the scope; answered with its own body.</summary>
internal sealed class SendMessageHandler(RequestIntake intake, IChannelEngine engine, ChannelHub hub)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context);
        if (bf is null)
        {
            return;
        }

        if (!bf.Envelope.TryReadChannels(out var channels, out var fault))
        {
            await ServerAnswer.RefuseAsync(context, bf, fault.ToError());
            return;
        }

        if (!bf.Envelope.Root.TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.Object)
        {
            await ServerAnswer.RefuseAsync(context, bf, ServerAnswer.Fault("message", "expected an object"));
            return;
        }

        var frame = Message.Frame(Compact(message), sender: null, isAmongUsers: false);
        var limit = hub.State.Options.MaxLagBytes;
        if (frame.Length > limit)
        {
            // It alone would put every subscriber too far behind.
            await ServerAnswer.RefuseAsync(context, bf, new BfError { Status = StatusCodes.Status413PayloadTooLarge, Message = $"message: at most {limit} bytes fit a channel" });
            return;
        }

        var scope = Admission.ScopeOf(context, bf.App);
        foreach (var channel in channels)
        {
            await engine.PublishAsync(scope, channel, frame, context.RequestAborted);
        }

        await ServerAnswer.WriteAsync(context, json => WriteMembers(json, bf.Envelope.Root));
    }

    /// <summary>Without comments and line ends, numbers and strings as they came.</summary>
    private static ReadOnlyMemory<byte> Compact(JsonElement message) => Reply.Write(json => WriteMembers(json, message));

    private static void WriteMembers(Utf8JsonWriter json, JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            member.WriteTo(json);
        }
    }
}
