namespace BfProxy.Forwarding;

/// <summary>Asked after each round that ended in order: what to call next, or null where the stream is over. Cancelled when the stream is stopped, runs out of time or is drained.</summary>
internal delegate ValueTask<Round?> NextRound(CancellationToken cancellationToken);
