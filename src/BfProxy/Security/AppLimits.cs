namespace BfProxy.Security;

/// <summary>What an app may use of the proxy, over all nodes; null stands for any number.</summary>
/// <param name="RequestsPerMinute">Requests for a model that are started.</param>
/// <param name="TokensPerMinute">Tokens after which none is started.</param>
/// <param name="ConcurrentStreams">Answers under way.</param>
internal sealed record AppLimits(int? RequestsPerMinute, int? TokensPerMinute, int? ConcurrentStreams)
{
    public bool Any => (RequestsPerMinute ?? TokensPerMinute ?? ConcurrentStreams) is not null;
}
