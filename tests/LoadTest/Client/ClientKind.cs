namespace LoadTest.Client;

/// <summary>Where a client reads its streams.</summary>
internal enum ClientKind
{
    /// <summary>In the response of the POST that asked for it.</summary>
    Response,

    /// <summary>On a channel, over a WebSocket that was there before.</summary>
    Channel,

    /// <summary>The same, as the run of an assistant.</summary>
    Assistant,

    /// <summary>In the response of the Typebot surface, as its widget does.</summary>
    Session,

    /// <summary>In a group of a SignalR hub.</summary>
    Hub,
}
