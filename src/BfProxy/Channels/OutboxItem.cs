namespace BfProxy.Channels;

/// <summary>Something for one connection.</summary>
/// <param name="Frame">Bytes to send.</param>
/// <param name="Stops">Taken off the connection before the frame goes out: nothing of it comes after.</param>
/// <param name="Starts">Put on the connection with the frame: nothing of it comes before.</param>
internal sealed record OutboxItem(ReadOnlyMemory<byte> Frame, Subscription? Stops = null, IReadOnlyList<Subscription>? Starts = null)
{
    /// <summary>What was left after it; the <see cref="Outbox"/>'s own.</summary>
    public OutboxItem? Next { get; set; }
}
