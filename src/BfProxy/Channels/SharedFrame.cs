namespace BfProxy.Channels;

/// <summary>A frame encoded once for all subscribers that stand at the same offset of the same epoch.</summary>
internal sealed record SharedFrame(int Epoch, long Offset, long LastOffset, PreparedFrame Frame)
{
    private SharedFrame? _behind;

    /// <summary>What those who stand further back take meanwhile, rolled up. It has none itself.</summary>
    public SharedFrame? Behind
    {
        get => Volatile.Read(ref _behind);
        set => Volatile.Write(ref _behind, value);
    }

    public bool BeginsAt(int epoch, long offset) => Epoch == epoch && Offset == offset;
}
