using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>Stops a running stream of the scope; false where there is none of that id.</summary>
internal delegate bool StreamStopper(ChannelScope scope, string streamId);
