using BfProxy.Channels;
using BfProxy.Forwarding;
using BfProxy.Security;

namespace BfProxy.Chat;

/// <summary><c>POST /stream/create</c>: a chat whose answer goes to channels, or comes back whole.</summary>
internal sealed class StreamCreateHandler(RequestIntake intake, CallFactory calls, RequestImages images, RunningStreams streams, StreamDeliveries deliveries)
{
    public async Task HandleAsync(HttpContext context)
    {
        var bf = await intake.ReadAsync(context);
        if (bf is null)
        {
            return;
        }

        var actionName = bf.Envelope.ActionName ?? bf.App.DefaultActionName;
        if (!bf.Envelope.TryReadChat(out var request, out var fault))
        {
            bf.Dispose();
            await ErrorResponse.WriteAsync(context, fault.ToError(), actionName);
            return;
        }

        (request, var error) = await images.FetchAsync(request, bf.App, context.RequestAborted);
        ProviderCall? call = null;
        if (error is not null || !calls.TryCreate(request, bf.App, out call, out error))
        {
            bf.Dispose();
            await ErrorResponse.WriteAsync(context, error, actionName);
            return;
        }

        var owner = new StreamOwner(bf.App.Name, bf.App.ScopeHost(context.Request.Host.Host));
        var plan = calls.PlanFor(request, bf.App, call);
        if (!request.Stream)
        {
            await BufferAsync(context, owner, call, plan, request.UsesFunctions, actionName, bf);
            return;
        }

        _ = bf.Envelope.TryReadApiKey(out var key, out _);
        await StreamAsync(context, owner, call, plan, new StreamDelivery(bf.App, owner.Host, request.Channels, actionName, key, call.Provider.Options.MaxResponseBytes), bf);
    }

    private async Task StreamAsync(HttpContext context, StreamOwner owner, ProviderCall call, AttemptPlan? plan, StreamDelivery delivery, BfCall bf)
    {
        var id = RunningStreams.NewId();
        if (!deliveries.TryOpen(delivery, id, out var publisher, out var error))
        {
            bf.Dispose();
            await ErrorResponse.WriteAsync(context, error, delivery.ActionName);
            return;
        }

        var output = new ChannelOutput(publisher, delivery.Channels.All(ChannelNames.IsTab));
        var rounds = new ChatRounds(output, aggregates: false, usesFunctions: false, plan is not null);
        plan?.Use(rounds.Ask, rounds.Take, bf, showsAtOnce: true);
        if (plan is null)
        {
            bf.Dispose();
        }

        var refusal = await CallerWait.ForAsync(context, streams.Start(id, owner, rounds.Ask(call), next: null, plan), static stream => stream.Accepted);
        if (refusal is not null)
        {
            await ErrorResponse.WriteAsync(context, refusal, delivery.ActionName);
            return;
        }

        await ChatAnswers.AcknowledgeAsync(context, id);
    }

    private async Task BufferAsync(HttpContext context, StreamOwner owner, ProviderCall call, AttemptPlan? plan, bool usesFunctions, string? actionName, BfCall bf)
    {
        var rounds = new ChatRounds(new CompletionOutput(), aggregates: true, usesFunctions, plan is not null);
        plan?.Use(rounds.Ask, rounds.Take, bf);
        if (plan is null)
        {
            bf.Dispose();
        }

        var error = await CallerWait.ForAsync(context, streams.Start(RunningStreams.NewId(), owner, rounds.Ask(call), next: null, plan), static stream => stream.ResultAsync());
        if (error is not null)
        {
            await ErrorResponse.WriteAsync(context, error, actionName);
            return;
        }

        await rounds.WriteAsync(context);
    }
}
