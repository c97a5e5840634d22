namespace BfProxy.Channels.Redis;

/// <summary>
/// A node's copy of a channel: what Redis has numbered, appended here in that order, whatever order it arrives in. What is early is held,
/// what is missing is read from Redis' log. Without Redis it goes on under an epoch of its own, from the first frame that is then published.
/// </summary>
internal sealed partial class Replica
{
    /// <summary>How often <see cref="HubState.Now"/> moves.</summary>
    private const int ClockMilliseconds = 1000;

    private readonly SharedLog _shared;
    private readonly HubState _state;
    private readonly Lock _gate = new();
    private readonly ChannelTopic _topic;
    private readonly long _madeAt;
    private CarriedStreams _carried;
    private GapPatience _patience = new();
    private EarlyEntries? _early;
    private Task<bool>? _catchUp;
    private ReplicaMode _mode = ReplicaMode.Loading;
    private bool _again;
    private bool _hasOwnEpoch = true;
    private bool _isDirty;
    private bool _showsAll;
    private bool _hasGap;
    private bool _hasBegun;

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
