using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>A request that may become a connection.</summary>
/// <param name="Visitor">Who connects.</param>
/// <param name="Token">The token that his ticket stood for; null where he brought none.</param>
internal sealed record Entrance(MessagingVisitor Visitor, ChannelToken? Token);
