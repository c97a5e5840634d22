using System.Diagnostics;
using BfProxy.Resilience;
using BfProxy.Routing;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>What every running stream needs of the process.</summary>
internal sealed record StreamDependencies(
    ProviderEndpoints Endpoints,
    StreamPipelines Pipelines,
    RetryPipelines Retries,
    IServiceScopeFactory Scopes,
    TimeProvider Time,
    ILogger<RunningStream> Logger)
{
    /// <summary>Tells log and trace of an attempt that failed unseen, and what may follow it.</summary>
    public void Tried(ProviderCall call, BfError error, string next)
    {
        StreamLog.AttemptFailed(Logger, call.Provider.Name, error.Status, error.Kind, error.Message, next);
        Activity.Current?.AddEvent(new ActivityEvent("bfproxy.attempt.failed", Time.GetUtcNow(), new ActivityTagsCollection
        {
            ["gen_ai.provider.name"] = call.Provider.Name,
            ["gen_ai.request.model"] = call.Model,
            ["error.type"] = error.Kind.ToString(),
            ["http.response.status_code"] = error.ProviderStatus ?? error.Status,
            ["bfproxy.attempt.next"] = next,
        }));
    }

    /// <summary>Tells log and trace of a fallback that could not be asked.</summary>
    public void PassedOver(string provider, string reason)
    {
        StreamLog.PassedOver(Logger, provider, reason);
        Activity.Current?.AddEvent(new ActivityEvent("bfproxy.fallback.passed_over", Time.GetUtcNow(), new ActivityTagsCollection
        {
            ["gen_ai.provider.name"] = provider,
            ["bfproxy.reason"] = reason,
        }));
    }
}
