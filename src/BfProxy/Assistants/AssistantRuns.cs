using System.Collections.Frozen;
using System.Text.Json;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary>Opens the thread of a request, waits for its turn on it, and makes the run.</summary>
internal sealed class AssistantRuns(
    ThreadLeases leases, OwnThreads own, ProviderThreads providers, CallFactory calls, ToolRunner tools, RunDirectory runs, Settings<ToolsOptions> options, ILogger<AssistantRuns> logger)
{
    /// <summary>Stands for the id of a conversation that is not made yet, while the request is judged.</summary>
    public const string NotMadeYet = "conv_new";

    /// <summary>A thread whose turn it is, or why there is none.</summary>
    public async Task<(IThread? Thread, ThreadLease? Lease, BfError? Error)> OpenAsync(AssistantRequest request, ProviderCall call, CancellationToken cancellationToken)
    {
        var app = request.Bf.App.Name;
        var keeps = call.Provider.Options.Conversations;
        var id = request.ThreadId;
        if (id is null)
        {
            (id, var failed) = keeps ? await providers.CreateAsync(call, app, PlanFor(request, call), cancellationToken) : (OwnThreads.IdPrefix + RunningStreams.NewId(), null);
            if (failed is not null)
            {
                return (null, null, failed);
            }
        }
        else if (await FindAsync(request, id, call, cancellationToken) is { } unknown)
        {
            return (null, null, unknown);
        }

        if (await leases.AcquireAsync(app, id!, cancellationToken) is not { } lease)
        {
            return (null, null, ThreadErrors.Busy());
        }

        try
        {
            var (thread, error) = keeps ? (providers.Open(request.Chat, id!), null) : await OpenOwnAsync(request, id!, cancellationToken);
            if (thread is null)
            {
                await lease.DisposeAsync();
            }

            return (thread, thread is null ? null : lease, error);
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the run that is to be started.</summary>
    public async Task<AssistantRun> CreateAsync(
        string id, AssistantRequest request, IThread thread, ThreadLease lease, RunOutput output, string host, string? actionName, bool isTentative, CancellationToken cancellationToken)
    {
        var app = request.Bf.App.Name;
        var chat = thread.Request;
        var offered = chat.ToolNames.ToFrozenSet(StringComparer.Ordinal);
        var scope = new ToolScope(app, host, id, thread.Id, id, chat.Stream ? chat.Channels : [], actionName, offered);
        var loop = new ToolLoop(scope, chat, output, shows: chat.Stream, tools, options.Current.MaxToolRounds, request) { Again = thread.AgainAsync, IsTentative = isTentative };
        await runs.SetAsync(app, thread.Id, id, RunStatus.Running, cancellationToken);
        return new AssistantRun(id, app, thread, lease, loop, output, runs, logger);
    }

    /// <summary>What else may be tried where a conversation cannot be made or looked up.</summary>
    private AttemptPlan? PlanFor(AssistantRequest request, ProviderCall call) => calls.PlanFor(request.Chat.InConversation(NotMadeYet), request.Bf.App, call, mustStream: true);

    private async Task<BfError?> FindAsync(AssistantRequest request, string id, ProviderCall call, CancellationToken cancellationToken)
    {
        var app = request.Bf.App.Name;
        if (call.Provider.Options.Conversations)
        {
            return await providers.CheckAsync(call, app, id, () => PlanFor(request, call), cancellationToken);
        }

        return await own.ReadAsync(app, id, cancellationToken) is null ? ThreadErrors.Unknown(id) : null;
    }

    private async Task<(IThread? Thread, BfError? Error)> OpenOwnAsync(AssistantRequest request, string id, CancellationToken cancellationToken)
    {
        var app = request.Bf.App.Name;
        var before = await own.ReadAsync(app, id, cancellationToken);
        var said = request.Chat.Payload.GetProperty("messages").EnumerateArray().Select(static message => message.Clone()).ToList();
        if (own.Pack(said).Length <= "[]".Length)
        {
            return (null, ThreadErrors.TooLarge(own.MaxBytes));
        }

        List<JsonElement> earlier = before is null ? [] : [.. JsonSerializer.Deserialize<JsonElement>(before).EnumerateArray()];
        var whole = request.Envelope.With([], earlier);
        request.Keep(whole);
        if (!whole.TryReadChat(out var chat, out var fault))
        {
            return (null, fault.ToError());
        }

        var thread = new OwnThread(own, app, id, before, [.. earlier, .. said], chat);
        await thread.BeginAsync(cancellationToken);
        return (thread, null);
    }
}
