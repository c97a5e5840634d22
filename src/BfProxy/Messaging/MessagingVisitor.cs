using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>Who connects: the scope of the names, and the patterns of those an anonymous visitor may join.</summary>
internal sealed record MessagingVisitor(ChannelScope Scope, IReadOnlyList<string> AnonymousChannels);
