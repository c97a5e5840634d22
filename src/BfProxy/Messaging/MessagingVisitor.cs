using System.Net;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>Who connects: the scope of the names, the patterns of those an anonymous visitor may join, and the address that guesses are counted by.</summary>
internal sealed record MessagingVisitor(ChannelScope Scope, IReadOnlyList<string> AnonymousChannels, IPAddress? Address);
