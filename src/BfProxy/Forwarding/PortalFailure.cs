namespace BfProxy.Forwarding;

/// <summary>Why an event was not handed to BetterForms (or perhaps not: nothing is sent twice).</summary>
internal enum PortalFailure
{
    /// <summary>It was.</summary>
    None,

    /// <summary>YARP has no route to the portal: its configuration was refused.</summary>
    NoRoute,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>No connection, or one that broke.</summary>
    Unreachable,

    /// <summary>An answer other than 2xx, or no healthy destination.</summary>
    Status,

    /// <summary>More waited than may.</summary>
    Backlog,

    /// <summary>The node stopped.</summary>
    Stopped,

    /// <summary>Another node's stream, which came with a key of its own.</summary>
    NoKey,

    /// <summary>A fault of ours.</summary>
    Internal,
}
