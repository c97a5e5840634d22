namespace BfProxy.Channels;

/// <summary>A frame encoded once for all subscribers that stand at the same offset.</summary>
internal sealed record SharedFrame(long Offset, long LastOffset, ReadOnlyMemory<byte> Bytes);
