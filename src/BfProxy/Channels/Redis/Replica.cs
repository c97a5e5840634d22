using BfProxy.Backplane;

namespace BfProxy.Channels.Redis;

/// <summary>
/// A node's copy of a channel: what Redis has numbered, appended here in that order, whatever order it arrives in. What is early is held,
/// what is missing is read from Redis' log. Without Redis it goes on under an epoch of its own, from the first frame that is then published.
/// </summary>
internal sealed class Replica
{
    /// <summary>How often <see cref="HubState.Now"/> moves.</summary>
    private const int ClockMilliseconds = 1000;

    /// <summary>How often what is missing is waited for: messages come by another connection than answers, which may be behind, and the log does not reach back for ever.</summary>
    private const int MaxWaits = 20;

    private static readonly TimeSpan WaitInterval = TimeSpan.FromMilliseconds(50);

    private readonly SharedLog _shared;
    private readonly HubState _state;
    private readonly Lock _gate = new();
    private readonly ChannelTopic _topic;
    private readonly long _madeAt;
    private CarriedStreams _carried;
    private EarlyEntries? _early;
    private Task<bool>? _catchUp;
    private ReplicaMode _mode = ReplicaMode.Loading;
    private bool _again;
    private bool _hasOwnEpoch = true;
    private bool _isDirty;
    private bool _showsAll;
    private bool _hasGap;
    private bool _hasBegun;
    private bool _isWaiting;
    private int _waits;
    private long _waitsAt = -1;

    public Replica(ChannelKey key, SharedLog shared, HubState state)
    {
        (_shared, _state, _madeAt) = (shared, state, state.Now);
        _topic = new ChannelTopic(this, shared);
        Channel = new Channel(key, state);
    }

    public Channel Channel { get; }

    /// <summary>Whether frames are published here and nowhere else.</summary>
    public bool IsAlone
    {
        get
        {
            lock (_gate)
            {
                return _mode == ReplicaMode.Alone;
            }
        }
    }

    /// <summary>Whether it holds what no other node has.</summary>
    public bool IsDirty
    {
        get
        {
            lock (_gate)
            {
                return _isDirty;
            }
        }
    }

    /// <summary>Completes once it can be joined: with what Redis has, or alone.</summary>
    public Task ReadyAsync()
    {
        lock (_gate)
        {
            return _mode != ReplicaMode.Loading ? Task.CompletedTask : CatchUpAsync();
        }
    }

    /// <summary>Reads what Redis has and this node has not; never throws. What was in Redis before the call is there afterwards; false where Redis is away.</summary>
    public Task<bool> CatchUpAsync()
    {
        lock (_gate)
        {
            _again = true;
            return _catchUp is { IsCompleted: false } running ? running : _catchUp = RunAsync();
        }
    }

    /// <summary>Takes an entry, from Redis or from the node's own publisher, once.</summary>
    public void Receive(in Entry entry)
    {
        lock (_gate)
        {
            if (_mode == ReplicaMode.Alone)
            {
                return;
            }

            if (_mode == ReplicaMode.Loading)
            {
                Hold(entry);
                return;
            }

            if (entry.Epoch != Channel.EpochNumber)
            {
                _ = CatchUpAsync();
                return;
            }

            var next = Channel.LastOffset + 1;
            if (entry.First > next)
            {
                Hold(entry);
                _hasGap = true;
                _ = CatchUpAsync();
                return;
            }

            if (entry.First < next)
            {
                return;
            }

            History.Append(Channel, entry, age: 0);
            AppendEarly();
        }

        Channel.Wake();
    }

    /// <summary>Publishes on this node only, under an epoch that no other node knows; false where Redis is followed after all.</summary>
    public bool TryPublishAlone(string streamId, string? actionName, Batch batch)
    {
        lock (_gate)
        {
            if (_mode != ReplicaMode.Alone && !_shared.IsAway)
            {
                return false;
            }

            _mode = ReplicaMode.Alone;
            if (!_hasOwnEpoch)
            {
                _hasOwnEpoch = true;
                GoOnAs(new Channel(Channel.Key, _state));
            }

            _isDirty |= batch.Count > 0;
            History.Append(Channel, new Entry(Channel.EpochNumber, Channel.LastOffset + 1, 0, batch.Seq, batch.Write(streamId, actionName)), age: 0);
        }

        Channel.Wake();
        return true;
    }

    /// <summary>Streams whose end it has not seen; none while it does not follow Redis.</summary>
    public UnfinishedStream[] Unfinished()
    {
        lock (_gate)
        {
            return _mode == ReplicaMode.Shared ? _carried.All(Channel) : [];
        }
    }

    /// <summary>Waits no more for a stream of a history that is gone.</summary>
    public void LetGo(string streamId)
    {
        lock (_gate)
        {
            _carried.Remove(streamId);
        }
    }

    /// <summary>Listens no more.</summary>
    public Task LeaveAsync() => _topic.LeaveAsync();

    private async Task<bool> RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (TakeTurn())
            {
                await _topic.ListenAsync();
                await StopBeingAloneAsync();
                await ReadAsync();
                if (Volatile.Read(ref _isWaiting))
                {
                    await Task.Delay(WaitInterval, _shared.Time);
                }
            }

            return true;
        }
        catch (StateUnavailableException)
        {
            lock (_gate)
            {
                _mode = _mode == ReplicaMode.Loading ? ReplicaMode.Alone : _mode;
                return false;
            }
        }
    }

    private bool TakeTurn()
    {
        lock (_gate)
        {
            var again = _again;
            _again = false;
            _catchUp = again ? _catchUp : null;
            return again;
        }
    }

    /// <summary>What was published here alone is in no shared history, so all nodes begin a new one.</summary>
    private async Task StopBeingAloneAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_mode != ReplicaMode.Alone)
                {
                    return;
                }

                if (!_isDirty)
                {
                    _mode = ReplicaMode.Loading;
                    return;
                }

                (_isDirty, _showsAll) = (false, true);
            }

            try
            {
                await _shared.RenewAsync(Channel.Key, CancellationToken.None);
            }
            catch (StateUnavailableException)
            {
                lock (_gate)
                {
                    _isDirty = true;
                }

                throw;
            }
        }
    }

    private async Task ReadAsync()
    {
        bool loads;
        long from;
        lock (_gate)
        {
            _isWaiting = false;
            loads = _mode == ReplicaMode.Loading;
            from = loads ? 0 : Channel.LastOffset + 1;
        }

        var read = await _shared.ReadAsync(Channel.Key, from, CancellationToken.None);
        if (loads)
        {
            await LoadAsync(read);
            return;
        }

        lock (_gate)
        {
            ReadOn(read);
        }

        Channel.Wake();
    }

    /// <summary>
    /// Begins with the history that Redis has. Who is on the channel already comes to where what is new to him starts: all of it, or what was said
    /// since this copy was made without Redis.
    /// </summary>
    private async Task LoadAsync(ChannelRead read)
    {
        var history = await LoadedHistory.LoadAsync(_shared, _state, Channel.Key, read);
        lock (_gate)
        {
            var next = new Channel(Channel.Key, _state, read.Epoch, history.Start);
            History.Pin(next, history.Past);
            var isNewSince = _showsAll ? long.MinValue : read.Now - (_state.Now - _madeAt) - ClockMilliseconds;
            foreach (var entry in history.Kept)
            {
                if (next != Channel && entry.Time >= isNewSince)
                {
                    GoOnAs(next);
                    next = Channel;
                }

                History.Append(next, entry, Math.Max(0, read.Now - entry.Time));
            }

            History.Follow(next, read);
            if (next != Channel)
            {
                GoOnAs(next);
            }

            _carried.Learn(read.Streams);
            (_mode, _showsAll, _hasOwnEpoch, _hasBegun) = (ReplicaMode.Shared, false, false, true);
            AppendEarly();
        }

        Channel.Wake();
    }

    private void ReadOn(ChannelRead read)
    {
        if (_mode != ReplicaMode.Shared)
        {
            return;
        }

        if (read.Epoch != Channel.EpochNumber)
        {
            // All of the new epoch is later than what is here.
            (_mode, _showsAll, _again) = (ReplicaMode.Loading, true, true);
            return;
        }

        var wasAt = Channel.LastOffset;
        foreach (var entry in read.Entries.Where(entry => entry.First > wasAt))
        {
            AppendEarly();
            if (WaitsFor(entry.First - 1))
            {
                Hold(entry);
                continue;
            }

            SkipTo(entry.First - 1);
            if (entry.First > Channel.LastOffset)
            {
                History.Append(Channel, entry, Math.Max(0, read.Now - entry.Time));
            }
        }

        AppendEarly();
        _again |= read.IsFull;
        if (!read.IsFull && !WaitsFor(read.Last))
        {
            SkipTo(read.Last);
            History.Follow(Channel, read);
        }

        if (_hasGap && Channel.LastOffset > wasAt)
        {
            _hasGap = false;
            _shared.Metrics.GapFilled();
        }
    }

    /// <summary>Whether something up to <paramref name="last"/> is missing that may be on its way yet; it is then looked for once more.</summary>
    private bool WaitsFor(long last)
    {
        if (!_isWaiting && Channel.LastOffset < last)
        {
            _waits = _waitsAt == Channel.LastOffset ? _waits + 1 : 1;
            _waitsAt = Channel.LastOffset;
            _again |= _isWaiting = _waits <= MaxWaits;
        }

        return _isWaiting;
    }

    /// <summary>What is neither in Redis' log any more nor held here is lost, and said to be.</summary>
    private void SkipTo(long last)
    {
        while (Channel.LastOffset < last)
        {
            _hasGap = false;
            _shared.Metrics.GapLost();
            GoOnAs(new Channel(Channel.Key, _state, Channel.EpochNumber, Math.Min(last, _early?.First - 1 ?? last)));
            AppendEarly();
        }
    }

    private void GoOnAs(Channel next)
    {
        if (_hasBegun && next.EpochNumber != Channel.EpochNumber)
        {
            _shared.Metrics.EpochBegan();
        }

        _carried.TakeFrom(Channel);
        Channel.Become(next);
    }

    private void Hold(in Entry entry)
    {
        _early ??= new EarlyEntries();
        if (!_early.TryHold(entry))
        {
            // It is in Redis' log, and is read from there.
            _again = true;
        }
    }

    private void AppendEarly()
    {
        while (_early?.TryTake(Channel.EpochNumber, Channel.LastOffset + 1, out var entry) == true)
        {
            if (entry.Epoch != Channel.EpochNumber)
            {
                // Of an epoch that is over, or that began since: the next turn tells.
                _again = true;
            }
            else if (entry.First == Channel.LastOffset + 1)
            {
                History.Append(Channel, entry, age: 0);
            }
        }

        _early = _early is { IsEmpty: false } ? _early : null;
    }
}
