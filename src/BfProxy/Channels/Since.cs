namespace BfProxy.Channels;

/// <summary>From where a join wants the past: after an offset of an epoch, one stream, or (all null) what is kept.</summary>
/// <param name="Epoch">The epoch that <paramref name="Offset"/> counts in.</param>
/// <param name="Offset">The last offset that the client has.</param>
/// <param name="StreamId">The one stream to replay.</param>
/// <param name="Floor">
/// Frames up to this offset are others' past: of them only streams that are still fresh are shown.
/// Zero where all of the channel may be read, <see cref="long.MaxValue"/> where nothing from before the join may.
/// </param>
internal sealed record Since(string? Epoch = null, long Offset = 0, string? StreamId = null, long Floor = 0)
{
    public const long NoPast = long.MaxValue;

    /// <summary>What a visitor may see who was not there.</summary>
    public static Since Start { get; } = new(Floor: NoPast);
}
