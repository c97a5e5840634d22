namespace BfProxy.Security;

/// <summary>Bounds the bytes of requests that are not authenticated yet, over all connections.</summary>
internal sealed class BodyBudget
{
    public const long Limit = 256L * 1024 * 1024;

    private long _used;

    public long Used => Volatile.Read(ref _used);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= Limit)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
