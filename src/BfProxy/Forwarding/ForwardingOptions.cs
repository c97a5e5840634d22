namespace BfProxy.Forwarding;

/// <summary>Settings of running streams.</summary>
internal sealed class ForwardingOptions
{
    /// <summary>How long running streams may go on after a stop signal.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(25);
}
