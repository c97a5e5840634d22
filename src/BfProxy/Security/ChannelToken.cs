namespace BfProxy.Security;

/// <summary>What a channel token says, once it is proved.</summary>
internal sealed record ChannelToken(User User, IReadOnlyList<ChannelGrant> Channels);
