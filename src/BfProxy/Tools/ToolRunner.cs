using System.Text;
using System.Text.Json;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Hooks;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Tools;

/// <summary>Runs the tool calls of one round, in parallel: on pages that listen, or at the app's back end. Every call gets one result, whatever happens.</summary>
internal sealed class ToolRunner(HookClient hooks, PendingCalls pending, Settings<ToolsOptions> options)
{
    /// <summary>Shows the calls, runs them and waits for all.</summary>
    /// <param name="scope">For whom.</param>
    /// <param name="calls">The model's calls.</param>
    /// <param name="output">Where pages hear of them; null where nobody listens.</param>
    /// <param name="cancellationToken">Cancelled where the stream ends before its tools do.</param>
    /// <returns>A result for each call, under the provider's id of it, in the order of the calls.</returns>
    public async Task<IReadOnlyList<ToolResult>> RunAsync(ToolScope scope, IReadOnlyList<ToolCall> calls, IStreamOutput? output, CancellationToken cancellationToken)
    {
        var prepared = new List<PreparedCall>();
        foreach (var call in calls)
        {
            prepared.Add(await PrepareAsync(scope, call, output is not null));
        }

        Show(prepared, output);
        return await Task.WhenAll(prepared.Select(call => RunAsync(scope, call, cancellationToken)));
    }

    private async ValueTask<PreparedCall> PrepareAsync(ToolScope scope, ToolCall call, bool hasPages)
    {
        var refusal = Refusal(scope, call, hasPages);
        var waiting = refusal is null && ToolNames.IsFrontEnd(call.Name) ? await pending.AddAsync(scope.App, options.Current.FrontEndTimeout) : null;
        return new PreparedCall(call, waiting?.Id ?? PendingCalls.NewId(), waiting, refusal);
    }

    private async Task<ToolResult> RunAsync(ToolScope scope, PreparedCall call, CancellationToken cancellationToken)
    {
        if (call.Refusal is { } refusal)
        {
            return ToolResults.Failed(call.Call.Id, refusal);
        }

        return call.Waiting is { } waiting
            ? ToolResults.OfPage(call.Call.Id, await pending.WaitAsync(waiting, options.Current.FrontEndTimeout, cancellationToken))
            : ToolResults.OfBackEnd(call.Call.Id, await CallBackEndAsync(scope, call, cancellationToken));
    }

    private Task<HookResult> CallBackEndAsync(ToolScope scope, PreparedCall call, CancellationToken cancellationToken)
    {
        var arguments = Encoding.UTF8.GetBytes(call.Call.Arguments);
        var body = new ToolHookCall(call.Id, scope.StreamId, scope.ThreadId, scope.RunId, call.Call.Name, arguments, scope.App, scope.Host, scope.Channels, scope.ActionName);
        return hooks.CallAsync(scope.App, HookKind.Tools, body.ToJson(), call.Id, cancellationToken);
    }

    /// <summary>Why a call is not run at all; null where it is.</summary>
    private static string? Refusal(ToolScope scope, ToolCall call, bool hasPages)
    {
        if (!scope.Offered.Contains(call.Name))
        {
            return ToolResults.NotOffered;
        }

        if (!IsObject(call.Arguments))
        {
            return ToolResults.BadArguments;
        }

        return ToolNames.IsFrontEnd(call.Name) && !hasPages ? ToolResults.NotAvailable : null;
    }

    /// <summary>All calls in one event, then a frame for each that a page is to run. Before any result can come.</summary>
    private static void Show(List<PreparedCall> calls, IStreamOutput? output)
    {
        if (output is null)
        {
            return;
        }

        using var json = new ArrayPoolBufferWriter<byte>();
        BfEventWriter.WriteFunctionCall(json, [.. calls.Select(call => call.Call with { Id = call.Id })], "toolCallId"u8);
        output.Event(json.WrittenSpan);
        foreach (var call in calls.Where(call => call.Waiting is not null))
        {
            json.Clear();
            BfEventWriter.WriteLlmToolCall(json, ToolNames.OnPage(call.Call.Name), call.Id, call.Call.Arguments);
            output.Event(json.WrittenSpan);
        }

        output.Flush();
    }

    private static bool IsObject(string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(arguments);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
