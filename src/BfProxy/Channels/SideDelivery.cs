namespace BfProxy.Channels;

/// <summary>A delivery of a stream beside its channels, which another node has to end where this one dies.</summary>
/// <param name="Channels">The channels that it names; they are nobody's here.</param>
/// <param name="Completion">Ends when all was handed over.</param>
internal sealed record SideDelivery(IReadOnlyList<string> Channels, Task Completion);
