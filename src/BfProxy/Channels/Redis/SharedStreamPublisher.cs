using System.Diagnostics.CodeAnalysis;

namespace BfProxy.Channels.Redis;

/// <summary>Publishes a stream to channels that nodes share.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A late loss may still cancel the source; without a timer it holds nothing.")]
internal sealed class SharedStreamPublisher : IStreamPublisher
{
    private readonly CancellationTokenSource _abandoned = new();
    private readonly StreamLane[] _lanes;
    private bool _isClosed;

    public SharedStreamPublisher(RedisChannelEngine engine, ChannelScope scope, IReadOnlyList<string> channels, string? actionName, string streamId, SideDelivery? side)
    {
        StreamId = streamId;
        (Scope, Channels, ActionName, Side) = (scope, channels, actionName, side);
        _lanes = [.. channels.Select(name => new StreamLane(engine, new ChannelKey(scope, name), actionName, streamId, Abandon))];
        Completion = Task.WhenAll(_lanes.Select(static lane => lane.Completion));
    }

    public string StreamId { get; }

    public ChannelScope Scope { get; }

    public IReadOnlyList<string> Channels { get; }

    public string? ActionName { get; }

    /// <summary>Where else its events go.</summary>
    public SideDelivery? Side { get; }

    /// <summary>The seq of what comes next.</summary>
    public int NextSeq => _lanes.Length == 0 ? 1 : _lanes[0].NextSeq;

    /// <summary>Text that waits for Redis.</summary>
    public int UnsentBytes => _lanes.Sum(static lane => lane.UnsentBytes);

    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Ends when all lanes have.</summary>
    public Task Completion { get; }

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        foreach (var lane in _lanes)
        {
            lane.Delta(escapedText);
        }
    }

    public void Event(ReadOnlySpan<byte> eventJson)
    {
        foreach (var lane in _lanes)
        {
            lane.Event(eventJson);
        }
    }

    public void Flush()
    {
        foreach (var lane in _lanes)
        {
            lane.Flush();
        }
    }

    public void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        foreach (var lane in _lanes)
        {
            lane.Close();
        }
    }

    /// <summary>Off the lane's own loop: whoever listens ends the stream, which publishes here.</summary>
    private void Abandon() => ThreadPool.UnsafeQueueUserWorkItem(static abandoned => abandoned.Cancel(), _abandoned, preferLocal: false);
}
