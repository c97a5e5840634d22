using BfProxy.Forwarding;
using BfProxy.Tools;

namespace BfProxy.Assistants;

/// <summary>A run on a thread, from its turn to its end.</summary>
internal sealed class AssistantRun(string id, string app, IThread thread, ThreadLease lease, ToolLoop loop, RunOutput output, RunDirectory runs, ILogger logger)
{
    public string Id => id;

    public IThread Thread => thread;

    public ToolLoop Loop => loop;

    public RunOutput Output => output;

    /// <summary>The first round, or one in its place.</summary>
    public Round First(ProviderCall call)
    {
        thread.Asked(call);
        return loop.Ask(call);
    }

    /// <summary>Of two rounds that were made, this one goes on.</summary>
    public void Take(Round round)
    {
        thread.Asked(round.Call);
        loop.Take(round);
    }

    public async ValueTask<Round?> NextAsync(CancellationToken cancellationToken)
    {
        var round = await loop.NextAsync(cancellationToken);
        if (round is not null)
        {
            thread.Asked(round.Call);
        }

        return round;
    }

    /// <summary>Puts the run's end into the thread, tells every node of it, and lets the next run begin.</summary>
    public async Task CloseAsync(bool wasAccepted)
    {
        try
        {
            await thread.CloseAsync(loop, output, wasAccepted);
            await runs.SetAsync(app, thread.Id, id, output.Status, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // The edge of the run: whatever it is, the stream has ended and the thread must become free.
            AssistantsLog.NotWritten(logger, exception);
        }
        finally
        {
            await lease.DisposeAsync();
        }
    }
}
