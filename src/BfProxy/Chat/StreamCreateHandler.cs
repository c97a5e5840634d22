using BfProxy.Channels;
using BfProxy.Forwarding;
using BfProxy.Security;

namespace BfProxy.Chat;

/// <summary><c>POST /stream/create</c>: a chat whose answer goes to channels, or comes back whole.</summary>
internal sealed class StreamCreateHandler(RequestIntake intake, CallFactory calls, RequestImages images, RunningStreams streams, StreamDeliveries deliveries)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context);
        if (bf is null)
        {
            return;
        }

        var actionName = bf.Envelope.ActionName ?? bf.App.DefaultActionName;
        if (!bf.Envelope.TryReadChat(out var request, out var fault))
        {
            await ErrorResponse.WriteAsync(context, fault.ToError(), actionName);
            return;
        }

        (request, var error) = await images.FetchAsync(request, bf.App, context.RequestAborted);
        ProviderCall? call = null;
        if (error is not null || !calls.TryCreate(request, bf.App, out call, out error))
        {
            await ErrorResponse.WriteAsync(context, error, actionName);
            return;
        }

        var owner = new StreamOwner(bf.App.Name, bf.App.ScopeHost(context.Request.Host.Host));
        if (request.Stream)
        {
            _ = bf.Envelope.TryReadApiKey(out var key, out _);
            await StreamAsync(context, owner, call, new StreamDelivery(bf.App, owner.Host, request.Channels, actionName, key, call.Provider.Options.MaxResponseBytes));
        }
        else if (call.Streams)
        {
            await BufferAsync(context, owner, call, request.UsesFunctions, actionName);
        }
        else
        {
            await PassThroughAsync(context, owner, call, actionName);
        }
    }

    private async Task StreamAsync(HttpContext context, StreamOwner owner, ProviderCall call, StreamDelivery delivery)
    {
        var id = RunningStreams.NewId();
        if (!deliveries.TryOpen(delivery, id, out var publisher, out var error))
        {
            await ErrorResponse.WriteAsync(context, error, delivery.ActionName);
            return;
        }

        var response = new EventStreamResponse(new ChannelOutput(publisher, delivery.Channels.All(ChannelNames.IsTab)), call.Dialect.CreateReader(aggregate: false), call.Limits) { RequestBytes = call.Body.Length };
        var refusal = await CallerWait.ForAsync(context, streams.Start(id, owner, new Round(call, response)), static stream => stream.Accepted);
        if (refusal is not null)
        {
            await ErrorResponse.WriteAsync(context, refusal, delivery.ActionName);
            return;
        }

        await ChatAnswers.AcknowledgeAsync(context, id);
    }

    private async Task BufferAsync(HttpContext context, StreamOwner owner, ProviderCall call, bool usesFunctions, string? actionName)
    {
        var reader = call.Dialect.CreateReader(aggregate: true);
        reader.UsesFunctions = usesFunctions;
        var response = new EventStreamResponse(new CompletionOutput(), reader, call.Limits) { RequestBytes = call.Body.Length };
        var error = await CallerWait.ForAsync(context, streams.Start(RunningStreams.NewId(), owner, new Round(call, response)), static stream => stream.ResultAsync());
        if (error is not null)
        {
            await ErrorResponse.WriteAsync(context, error, actionName);
            return;
        }

        await ChatAnswers.WriteAsync(context, reader);
    }

    private async Task PassThroughAsync(HttpContext context, StreamOwner owner, ProviderCall call, string? actionName)
    {
        var response = new PlainResponse(call.Provider.Options.MaxResponseBytes);
        var error = await CallerWait.ForAsync(context, streams.Start(RunningStreams.NewId(), owner, new Round(call, response)), static stream => stream.ResultAsync());
        if (error is not null)
        {
            await ErrorResponse.WriteAsync(context, error, actionName);
            return;
        }

        await ChatAnswers.WriteAsync(context, response.Bytes);
    }
}
