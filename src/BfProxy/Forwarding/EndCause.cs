namespace BfProxy.Forwarding;

/// <summary>Why we ourselves ended an attempt before the provider did.</summary>
internal enum EndCause
{
    /// <summary>We did not.</summary>
    None,

    /// <summary>The caller hung up while it was still waiting.</summary>
    CallerGone,

    /// <summary>Somebody who knows the stream's id stopped it.</summary>
    Stopped,

    /// <summary>No content within the first-token clock.</summary>
    FirstToken,

    /// <summary>No byte within the idle clock.</summary>
    Idle,

    /// <summary>The total clock ran out.</summary>
    Total,

    /// <summary>The node is stopping.</summary>
    Draining,

    /// <summary>Its channels cannot be reached any more: the node was away from the others for too long.</summary>
    Abandoned,

    /// <summary>Another provider that was asked as well was faster.</summary>
    Outrun,

    /// <summary>The answer was over (or spoiled) before the provider closed it.</summary>
    Finished,
}
