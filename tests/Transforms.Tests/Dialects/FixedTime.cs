namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>A clock that stands at second 1,800,000,000.</summary>
internal sealed class FixedTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
}
