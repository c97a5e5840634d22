namespace BfProxy.Channels.Redis;

/// <summary>
/// How long a gap is waited for before it counts as lost: messages come by another connection than what is read, which may be behind, and
/// the log does not reach back for ever.
/// </summary>
internal struct GapPatience()
{
    /// <summary>Between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private const int MaxLooks = 20;

    private int _looks;
    private long _at = -1;

    /// <summary>Whether this look ends with waiting for another one.</summary>
    public bool IsWaiting { get; private set; }

    public void Begin() => IsWaiting = false;

    /// <summary>Whether what is missing is waited for.</summary>
    /// <param name="here">The last offset before the gap, if there is one.</param>
    /// <param name="last">The last offset that should be here.</param>
    public bool WaitsFor(long here, long last)
    {
        if (!IsWaiting && here < last)
        {
            _looks = _at == here ? _looks + 1 : 1;
            _at = here;
            IsWaiting = _looks <= MaxLooks;
        }

        return IsWaiting;
    }
}
