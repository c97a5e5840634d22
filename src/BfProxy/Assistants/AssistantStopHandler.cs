using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary><c>POST /stream/create/assistants/stop</c>: ends a run on whichever node it is. Its id is the permission, within the app.</summary>
internal sealed class AssistantStopHandler(RequestIntake intake, RunDirectory runs, GuessLimiter guesses)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context, static app => app.StopNeedsKey);
        if (bf is null)
        {
            return;
        }

        var root = bf.Envelope.Root;
        if (!ThreadId.TryRead(root, "threadId", out var threadId) || threadId is null)
        {
            await ErrorResponse.WriteAsync(context, ThreadErrors.BadId("threadId"), bf.Envelope.ActionName);
            return;
        }

        if (!ThreadId.TryRead(root, "runId", out var runId) || runId is null)
        {
            await ErrorResponse.WriteAsync(context, ThreadErrors.BadId("runId"), bf.Envelope.ActionName);
            return;
        }

        var address = context.Connection.RemoteIpAddress;
        if (!bf.HasKey && !guesses.MayGuess(address))
        {
            var fault = new BfError { Status = StatusCodes.Status429TooManyRequests, Message = "Too many unknown run ids from this address", RetryAfter = TimeSpan.FromMinutes(1), Kind = BfErrorKind.RateLimit };
            await ErrorResponse.WriteAsync(context, fault, bf.Envelope.ActionName);
            return;
        }

        var owner = new StreamOwner(bf.App.Name, bf.App.ScopeHost(context.Request.Host.Host));
        var status = await runs.StopAsync(owner, threadId, runId, context.RequestAborted);
        if (status == RunStatus.Unknown && !bf.HasKey)
        {
            guesses.WasWrong(address);
        }

        await AssistantAnswers.StoppedAsync(context, threadId, runId, status);
    }
}
