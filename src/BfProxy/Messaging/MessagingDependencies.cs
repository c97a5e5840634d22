using BfProxy.Channels;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>What every session uses, held once for all of them.</summary>
internal sealed record MessagingDependencies(ChannelHub Hub, IChannelEngine Engine, GuessLimiter Guesses, Resumption Resumption, PrivateNames PrivateNames, UserChannels Users, Authentication Authentication, Sending Sending, StreamCommands Streams);
