namespace BfProxy.Channels;

/// <summary>A frame encoded once for all subscribers that stand at the same offset of the same epoch.</summary>
internal sealed record SharedFrame(int Epoch, long Offset, long LastOffset, ReadOnlyMemory<byte> Bytes);
