namespace BfProxy.Security;

/// <summary>What becomes of the messages that a user sends to a channel of his.</summary>
internal enum ChannelMode
{
    /// <summary>They go to those on the channel.</summary>
    Ignore,

    /// <summary>The same, and the back end hears them.</summary>
    Listen,

    /// <summary>Only the back end gets them.</summary>
    Receive,
}
