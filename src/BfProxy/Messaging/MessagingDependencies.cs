using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Tools;

namespace BfProxy.Messaging;

/// <summary>What every session uses, held once for all of them.</summary>
internal sealed record MessagingDependencies(ChannelHub Hub, IChannelEngine Engine, StreamStops Stops, GuessLimiter Guesses, Settings<AppCatalog> Apps, Resumption Resumption, PrivateNames PrivateNames, UserChannels Users, Authentication Authentication, Sending Sending, PendingCalls PendingCalls, RunDirectory Runs);
