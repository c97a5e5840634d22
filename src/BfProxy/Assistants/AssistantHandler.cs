using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Routing;
using BfProxy.Security;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary><c>POST /stream/create/assistants</c>: one run on a thread, new or continued.</summary>
internal sealed class AssistantHandler(
    RequestIntake intake, Settings<AssistantCatalog> assistants, Settings<ProviderCatalog> catalog, CallFactory calls, RunningStreams streams, StreamDeliveries deliveries, AssistantRuns runs)
{
    public async Task HandleAsync(HttpContext context)
    {
        var bf = await intake.ReadAsync(context);
        if (bf is null)
        {
            return;
        }

        var actionName = bf.Envelope.ActionName ?? bf.App.DefaultActionName;
        if (!AssistantRequest.TryRead(bf, assistants.Current, out var request, out var error))
        {
            bf.Dispose();
            await ErrorResponse.WriteAsync(context, error, actionName);
            return;
        }

        error = await RunAsync(context, request, actionName);
        if (error is not null)
        {
            await ErrorResponse.WriteAsync(context, error, actionName);
        }
    }

    /// <summary>Why there was no run; null where the answer is out.</summary>
    private async Task<BfError?> RunAsync(HttpContext context, AssistantRequest request, string? actionName)
    {
        var isOurs = false;
        try
        {
            if (!TryCall(request, out var asked, out var error))
            {
                return error;
            }

            var (thread, lease, refusal) = await runs.OpenAsync(request, asked, context.RequestAborted);
            if (thread is null || lease is null)
            {
                return refusal;
            }

            var id = RunningStreams.NewId();
            if (!CallFactory.TryContinue(asked, thread.Request, out var call, out error) || !TryOpen(context, request, id, actionName, call, out var output, out error))
            {
                await AbandonAsync(thread, lease);
                return error;
            }

            var plan = calls.PlanFor(thread.Request, request.Bf.App, call, mustStream: true);
            var run = await BeginAsync(context, request, id, thread, lease, output, actionName, isTentative: plan is not null);
            isOurs = true;
            return await StartAsync(context, request, run, call, plan);
        }
        finally
        {
            if (!isOurs)
            {
                request.Dispose();
            }
        }
    }

    private bool TryCall(AssistantRequest request, out ProviderCall call, out BfError error)
    {
        call = null!;
        var chat = request.Chat;
        var provider = catalog.Current.Find(chat.Provider);
        var keeps = provider?.Options.Conversations == true;
        if (!chat.Stream && chat.ToolNames.FirstOrDefault(ToolNames.IsFrontEnd) is { } name)
        {
            error = ToolErrors.NeedsPages(name);
            return false;
        }

        if (provider is not null && !keeps && HostedTools.Find(chat) is { } hosted)
        {
            error = ThreadErrors.OpenAiOnly(hosted, provider.Name);
            return false;
        }

        return calls.TryCreate(keeps ? chat.InConversation(AssistantRuns.NotMadeYet) : chat, request.Bf.App, out call!, out error!, mustStream: true);
    }

    private bool TryOpen(HttpContext context, AssistantRequest request, string id, string? actionName, ProviderCall call, out RunOutput output, out BfError error)
    {
        output = null!;
        error = null!;
        var chat = request.Chat;
        if (!chat.Stream)
        {
            output = new RunOutput(new CompletionOutput());
            return true;
        }

        _ = request.Bf.Envelope.TryReadApiKey(out var key, out _);
        var host = request.Bf.App.ScopeHost(context.Request.Host.Host);
        var delivery = new StreamDelivery(request.Bf.App, host, chat.Channels, actionName, key, call.Provider.Options.MaxResponseBytes);
        if (!deliveries.TryOpen(delivery, id, out var publisher, out error!))
        {
            return false;
        }

        output = new RunOutput(new ChannelOutput(publisher, chat.Channels.All(ChannelNames.IsTab)));
        return true;
    }

    private async Task<BfError?> StartAsync(HttpContext context, AssistantRequest request, AssistantRun run, ProviderCall call, AttemptPlan? plan)
    {
        var owner = new StreamOwner(request.Bf.App.Name, request.Bf.App.ScopeHost(context.Request.Host.Host));
        var streamed = request.Chat.Stream;
        plan?.Use(run.First, run.Take);
        var stream = streams.Start(run.Id, owner, run.First(call), run.NextAsync, plan, async ended => await run.CloseAsync(await ended.Accepted is null));
        if (stream is null)
        {
            await run.CloseAsync(wasAccepted: false);
        }

        var error = await CallerWait.ForAsync(context, stream, streamed ? static stream => stream.Accepted : static stream => stream.ResultAsync());
        if (error is not null && !(run.Output.Status == RunStatus.Cancelled && !streamed))
        {
            return ProviderThread.IsLocked(error) ? ThreadErrors.Busy() : error;
        }

        await (streamed ? AssistantAnswers.AcknowledgeAsync(context, run) : AssistantAnswers.WriteAsync(context, run));
        return null;
    }

    private async Task<AssistantRun> BeginAsync(HttpContext context, AssistantRequest request, string id, IThread thread, ThreadLease lease, RunOutput output, string? actionName, bool isTentative)
    {
        try
        {
            return await runs.CreateAsync(id, request, thread, lease, output, context.Request.Host.Host, actionName, isTentative, CancellationToken.None);
        }
        catch (StateUnavailableException)
        {
            output.Dispose();
            await lease.DisposeAsync();
            throw;
        }
    }

    private static async Task AbandonAsync(IThread thread, ThreadLease lease)
    {
        if (thread is OwnThread mine)
        {
            await mine.UndoAsync();
        }

        await lease.DisposeAsync();
    }
}
