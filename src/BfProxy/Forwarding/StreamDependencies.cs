using BfProxy.Limits;
using BfProxy.Resilience;
using BfProxy.Routing;

namespace BfProxy.Forwarding;

/// <summary>What every running stream needs of the process.</summary>
internal sealed record StreamDependencies(
    ProviderEndpoints Endpoints,
    StreamPipelines Pipelines,
    StreamLimits Limits,
    RetryPipelines Retries,
    IServiceScopeFactory Scopes,
    TimeProvider Time,
    ILogger<RunningStream> Logger);
