using System.Net;
using BfProxy.Backplane;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>Who connects, and where.</summary>
/// <param name="Scope">The scope of the names.</param>
/// <param name="Host">The host name that he asked for.</param>
/// <param name="AnonymousChannels">Patterns of the names that an anonymous visitor may join.</param>
/// <param name="Address">What guesses are counted by.</param>
/// <param name="NodeId">The node that he is on.</param>
/// <param name="Key">Signs what he is told.</param>
internal sealed record MessagingVisitor(ChannelScope Scope, string Host, IReadOnlyList<string> AnonymousChannels, IPAddress? Address, string NodeId, SharedKey Key);
