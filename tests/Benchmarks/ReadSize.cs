namespace BfProxy.Benchmarks;

/// <summary>What a socket gives at once: one frame while a model writes, a full buffer when it was waited for.</summary>
public enum ReadSize
{
    OneFrame,
    Full16K,
}
