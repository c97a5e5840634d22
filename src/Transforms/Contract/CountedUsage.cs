namespace BfProxy.Transforms.Contract;

/// <summary>Token counts of a stream that ended in whatever way.</summary>
/// <param name="Usage">The counts.</param>
/// <param name="Source">Where they come from.</param>
public readonly record struct CountedUsage(Usage Usage, UsageSource Source)
{
    /// <summary>The source as logs, metrics and events name it: <c>reported</c>, <c>partial</c> or <c>estimated</c>.</summary>
    public string SourceName => Source switch
    {
        UsageSource.Reported => "reported",
        UsageSource.Partial => "partial",
        _ => "estimated",
    };

    /// <summary>What two answers cost together; worth only as much as the part that is known worse.</summary>
    public static CountedUsage operator +(CountedUsage left, CountedUsage right) =>
        new(left.Usage + right.Usage, left.Source == right.Source ? left.Source : UsageSource.Partial);
}
