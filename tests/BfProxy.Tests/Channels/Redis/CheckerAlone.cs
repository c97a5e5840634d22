namespace BfProxy.Tests.Channels.Redis;

/// <summary>The checker takes all that the machine has, so it runs when the other tests are over.</summary>
[CollectionDefinition(nameof(CheckerTests), DisableParallelization = true)]
public sealed class CheckerAlone;
