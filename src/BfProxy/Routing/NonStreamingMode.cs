namespace BfProxy.Routing;

/// <summary>How a call without <c>stream</c> is made.</summary>
internal enum NonStreamingMode
{
    /// <summary>Stream from the provider and buffer, so that a stalled provider is noticed.</summary>
    Buffer,

    /// <summary>Ask the provider for a plain response and hand it on, byte for byte.</summary>
    Passthrough,
}
