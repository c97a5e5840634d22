namespace BfProxy.Channels;

/// <summary>From where a join wants the past: after an offset of an epoch, one stream, or (all null) what is kept.</summary>
internal sealed record Since(string? Epoch = null, long Offset = 0, string? StreamId = null)
{
    public static Since Start { get; } = new();
}
