using BfProxy.Backplane;

namespace BfProxy.Channels.Redis;

/// <summary>One loop reads what Redis has, as often as it is asked for: at the start, after a gap, after a reconnect, and when this node was alone.</summary>
internal sealed partial class Replica
{
    /// <summary>Reads what Redis has and this node has not; never throws. What was in Redis before the call is there afterwards; false where Redis is away.</summary>
    public Task<bool> CatchUpAsync()
    {
        lock (_gate)
        {
            _again = true;
            return _catchUp is { IsCompleted: false } running ? running : _catchUp = RunAsync();
        }
    }

    private async Task<bool> RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (TakeTurn())
            {
                await _topic.ListenAsync();
                await StopBeingAloneAsync();
                if (await ReadAsync())
                {
                    await Task.Delay(GapPatience.Interval, _shared.Time);
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

    /// <summary>Whether it is to be read once more, after a while.</summary>
    private async Task<bool> ReadAsync()
    {
        bool loads;
        long from;
        lock (_gate)
        {
            loads = _mode == ReplicaMode.Loading;
            from = loads ? 0 : Channel.LastOffset + 1;
        }

        var read = await _shared.ReadAsync(Channel.Key, from, CancellationToken.None);
        if (loads)
        {
            await LoadAsync(read);
            return false;
        }

        bool waits;
        lock (_gate)
        {
            waits = ReadOn(read);
        }

        Channel.Wake();
        return waits;
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

    /// <summary>Whether something is missing that may be on its way yet.</summary>
    private bool ReadOn(ChannelRead read)
    {
        if (_mode != ReplicaMode.Shared)
        {
            return false;
        }

        if (read.Epoch != Channel.EpochNumber)
        {
            // All of the new epoch is later than what is here.
            (_mode, _showsAll, _again) = (ReplicaMode.Loading, true, true);
            return false;
        }

        _patience.Begin();
        var wasAt = Channel.LastOffset;
        foreach (var entry in read.Entries.Where(entry => entry.First > wasAt))
        {
            AppendEarly();
            if (_patience.WaitsFor(Channel.LastOffset, entry.First - 1))
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
        if (!read.IsFull && !_patience.WaitsFor(Channel.LastOffset, read.Last))
        {
            SkipTo(read.Last);
            History.Follow(Channel, read);
        }

        if (_hasGap && Channel.LastOffset > wasAt)
        {
            _hasGap = false;
            _shared.Metrics.GapFilled();
        }

        _again |= read.IsFull || _patience.IsWaiting;
        return _patience.IsWaiting;
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
}
