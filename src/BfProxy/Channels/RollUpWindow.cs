namespace BfProxy.Channels;

/// <summary>Gathers the channels that have deltas to show and wakes them together when the window ends. One timer, armed only while something waits.</summary>
internal sealed class RollUpWindow : IDisposable
{
    private readonly HashSet<Channel> _gathered = [];
    private readonly ITimer _timer;

    public RollUpWindow(TimeProvider time) =>
        _timer = time.CreateTimer(static window => ((RollUpWindow)window!).End(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Add(Channel channel, TimeSpan length)
    {
        lock (_gathered)
        {
            if (_gathered.Add(channel) && _gathered.Count == 1)
            {
                _timer.Change(length, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void End()
    {
        Channel[] ready;
        lock (_gathered)
        {
            ready = [.. _gathered];
            _gathered.Clear();
        }

        foreach (var channel in ready)
        {
            channel.Wake();
        }
    }
}
