using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>One user of a request to the server API, and the channels that he is to be put on or taken off.</summary>
internal sealed record MembershipOrder(string UserId, IReadOnlyList<ChannelGrant> Channels);
