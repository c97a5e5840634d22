namespace BfProxy.Channels;

internal readonly record struct ChannelKey(ChannelScope Scope, string Name);
