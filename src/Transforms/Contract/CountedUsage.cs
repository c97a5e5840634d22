namespace BfProxy.Transforms.Contract;

/// <summary>Token counts of a stream that ended in whatever way.</summary>
/// <param name="Usage">The counts.</param>
/// <param name="Source">Where they come from.</param>
public readonly record struct CountedUsage(Usage Usage, UsageSource Source);
