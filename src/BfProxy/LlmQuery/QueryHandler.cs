using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;

namespace BfProxy.LlmQuery;

/// <summary><c>POST /llm/query</c>: a chat whose tool calls are run until the model has finished.</summary>
internal sealed class QueryHandler(RequestIntake intake, CallFactory calls, RequestImages images, RunningStreams streams, StreamDeliveries deliveries, ToolRunner tools, Settings<ToolsOptions> options)
{
    public async Task HandleAsync(HttpContext context)
    {
        var bf = await intake.ReadAsync(context);
        if (bf is null)
        {
            return;
        }

        var actionName = bf.Envelope.ActionName ?? bf.App.DefaultActionName;
        if (!TryRead(bf, actionName, out var request, out var error))
        {
            await RefuseAsync(context, bf, error, actionName);
            return;
        }

        ProviderCall? call = null;
        (request, error) = await images.FetchAsync(request, bf.App, context.RequestAborted);
        if (error is not null || !calls.TryCreate(request, bf.App, out call, out error, mustStream: true))
        {
            await RefuseAsync(context, bf, error, actionName);
            return;
        }

        var owner = new StreamOwner(bf.App.Name, bf.App.ScopeHost(context.Request.Host.Host));
        var id = RunningStreams.NewId();
        var scope = new ToolScope(owner.App, context.Request.Host.Host, id, null, null, request.Channels, actionName, request.ToolNames.ToFrozenSet(StringComparer.Ordinal));
        if (request.Stream)
        {
            await StreamAsync(context, bf, owner, scope, request, call);
        }
        else
        {
            await BufferAsync(context, bf, owner, scope, request, call);
        }
    }

    private static Task RefuseAsync(HttpContext context, BfCall bf, BfError error, string? actionName)
    {
        bf.Dispose();
        return ErrorResponse.WriteAsync(context, error, actionName);
    }

    private static bool TryRead(BfCall bf, string? actionName, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out BfError? error)
    {
        error = null;
        if (!bf.Envelope.TryReadChat(out request, out var fault))
        {
            error = fault.ToError();
            return false;
        }

        if (request.Stream && actionName is null)
        {
            error = new BfError { Status = StatusCodes.Status400BadRequest, Message = "actionName: required for a stream; expected the name of the action that pages run with each event", Kind = BfErrorKind.BadRequest };
            return false;
        }

        if (!request.Stream && request.ToolNames.FirstOrDefault(ToolNames.IsFrontEnd) is { } name)
        {
            error = ToolErrors.NeedsPages(name);
            return false;
        }

        return true;
    }

    private async Task StreamAsync(HttpContext context, BfCall bf, StreamOwner owner, ToolScope scope, ChatRequest request, ProviderCall call)
    {
        _ = bf.Envelope.TryReadApiKey(out var key, out _);
        var delivery = new StreamDelivery(bf.App, owner.Host, request.Channels, scope.ActionName, key, call.Provider.Options.MaxResponseBytes);
        if (!deliveries.TryOpen(delivery, scope.StreamId, out var publisher, out var error))
        {
            bf.Dispose();
            await ErrorResponse.WriteAsync(context, error, scope.ActionName);
            return;
        }

        var plan = calls.PlanFor(request, bf.App, call, mustStream: true);
        var output = new ChannelOutput(publisher, request.Channels.All(ChannelNames.IsTab));
        var loop = new ToolLoop(scope, request, output, shows: true, tools, options.Current.MaxToolRounds, bf) { IsTentative = plan is not null };
        plan?.Use(loop.Ask, loop.Take, showsAtOnce: true);
        var refusal = await CallerWait.ForAsync(context, streams.Start(scope.StreamId, owner, loop.Ask(call), loop.NextAsync, plan), static stream => stream.Accepted);
        if (refusal is not null)
        {
            await ErrorResponse.WriteAsync(context, refusal, scope.ActionName);
            return;
        }

        await QueryAnswers.AcknowledgeAsync(context, scope.StreamId);
    }

    private async Task BufferAsync(HttpContext context, BfCall bf, StreamOwner owner, ToolScope scope, ChatRequest request, ProviderCall call)
    {
        var plan = calls.PlanFor(request, bf.App, call, mustStream: true);
        var output = new CompletionOutput();
        var loop = new ToolLoop(scope with { Channels = [] }, request, output, shows: false, tools, options.Current.MaxToolRounds, bf) { IsTentative = plan is not null };
        plan?.Use(loop.Ask, loop.Take);
        var error = await CallerWait.ForAsync(context, streams.Start(scope.StreamId, owner, loop.Ask(call), loop.NextAsync, plan), static stream => stream.ResultAsync());
        if (error is not null)
        {
            await ErrorResponse.WriteAsync(context, error, scope.ActionName);
            return;
        }

        await QueryAnswers.WriteAsync(context, scope.ActionName, loop);
    }
}
