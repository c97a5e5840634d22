namespace BfProxy.Routing;

/// <summary>The four clocks of one provider.</summary>
internal sealed class TimeoutOptions
{
    /// <summary>To open a connection.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the start of an attempt to its first content.</summary>
    public TimeSpan FirstToken { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Between two reads of the response; any byte of the provider resets it.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For everything.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromMinutes(15);
}
