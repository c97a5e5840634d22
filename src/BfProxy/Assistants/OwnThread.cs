using System.Text.Json;
using BfProxy.Forwarding;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary>A thread that we keep. The user's messages are written before the model is asked, so that they outlive a node that dies.</summary>
/// <param name="threads">Where it is kept.</param>
/// <param name="app">Whose it is.</param>
/// <param name="id">Its id.</param>
/// <param name="before">As it was before the run; null for a new one.</param>
/// <param name="messages">What was said before the run, and then what the user says now.</param>
/// <param name="request">What is asked: all of it.</param>
internal sealed class OwnThread(OwnThreads threads, string app, string id, byte[]? before, List<JsonElement> messages, ChatRequest request) : IThread
{
    public string Id => id;

    public ChatRequest Request => request;

    public ValueTask BeginAsync(CancellationToken cancellationToken) => threads.WriteAsync(app, id, threads.Pack(messages), cancellationToken);

    /// <summary>The run does not take place.</summary>
    public ValueTask UndoAsync() => threads.WriteAsync(app, id, before, CancellationToken.None);

    public void Asked(ProviderCall call)
    {
        // The whole conversation goes with each call; nothing is only there.
    }

    public ValueTask<bool> AgainAsync(BfError refusal, int tries, CancellationToken cancellationToken) => new(result: false);

    public async Task CloseAsync(ToolLoop loop, RunOutput output, bool wasAccepted)
    {
        if (!wasAccepted)
        {
            await UndoAsync();
            return;
        }

        var rounds = loop.History.ToList();
        if (loop.Unanswered is { } open)
        {
            rounds.Add(new ToolRound(open, [.. open.Calls.Select(static call => new ToolResult(call.Id, RunStatus.Cancelled))]));
        }

        messages.AddRange(rounds.SelectMany(ThreadMessages.Of));
        if (loop.Unanswered is null && !output.Text.IsEmpty)
        {
            messages.Add(ThreadMessages.Assistant(output.Text));
        }

        await threads.WriteAsync(app, id, threads.Pack(messages), CancellationToken.None);
    }
}
