using System.Diagnostics.CodeAnalysis;
using BfProxy.Backplane;

namespace BfProxy.Channels.Redis;

/// <summary>
/// One stream's way to one channel. The provider's read loop only leaves word here; one loop writes, one write at a time: the first
/// token at once, then at most 25 writes a second. What waits is bounded: past it the text is let go and the stream told to end by name.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A late word may still signal; the semaphore holds no handle.")]
internal sealed class StreamLane
{
    /// <summary>Text that may wait for Redis.</summary>
    private const int MaxUnsentBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReminderInterval = TimeSpan.FromSeconds(1);
    private const int MaxReminders = (int)(StreamSource.LingerMilliseconds / 1000);

    private readonly ChannelKey _key;
    private readonly string? _actionName;
    private readonly string _streamId;
    private readonly RedisChannelEngine _engine;
    private readonly Action _abandon;
    private readonly long _openedAt;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _firstDelta = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _work = new(0, 1);
    private Batch _pending = new() { Number = 2, Seq = 1 };
    private int _seq = 1;
    private int _writing;
    private byte[]? _lastEvent;
    private byte[]? _eventBefore;
    private bool _hasDelta;
    private bool _isLost;
    private bool _isEnded;
    private TimeSpan _due;
    private bool _hasSentDelta;

    public StreamLane(RedisChannelEngine engine, ChannelKey key, string? actionName, string streamId, Action abandon)
    {
        (_engine, _key, _actionName, _streamId, _abandon) = (engine, key, actionName, streamId, abandon);
        _openedAt = engine.Time.GetTimestamp();
        Completion = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Ends when all was written, or cannot be any more.</summary>
    public Task Completion { get; }

    /// <summary>The seq of what comes next.</summary>
    public int NextSeq
    {
        get
        {
            lock (_gate)
            {
                return _seq;
            }
        }
    }

    /// <summary>Text that waits for Redis.</summary>
    public int UnsentBytes
    {
        get
        {
            lock (_gate)
            {
                return _pending.Length + _writing;
            }
        }
    }

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        var overflows = false;
        lock (_gate)
        {
            if (_isLost)
            {
                return;
            }

            _hasDelta = true;
            (_eventBefore, _lastEvent) = (null, null);
            if (_pending.Length + _writing + escapedText.Length > MaxUnsentBytes)
            {
                // The text is let go: what follows is only why.
                overflows = _isLost = true;
                _pending = new Batch { Number = _pending.Number, Seq = _seq };
            }
            else
            {
                _pending.Add(1, escapedText);
                _seq++;
            }
        }

        if (overflows)
        {
            _abandon();
        }
    }

    public void Event(ReadOnlySpan<byte> eventJson)
    {
        lock (_gate)
        {
            _pending.Add(0, eventJson);
            (_eventBefore, _lastEvent) = (_lastEvent, eventJson.ToArray());
            _seq++;
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            if (!_pending.IsEmpty)
            {
                Signal();
            }

            if (_hasDelta)
            {
                _firstDelta.TrySetResult();
            }
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _pending.IsLast = true;
            _pending.LastWords = Words();
            Signal();
        }
    }

    /// <summary>An end, and the error before it.</summary>
    private Batch Words()
    {
        List<byte[]> said = [.. new[] { _eventBefore, _lastEvent }.OfType<byte[]>()];
        var words = new Batch { Number = LastWords.Number, Seq = _seq - said.Count, IsLast = true };
        said.ForEach(one => words.Add(0, one));
        words.LastWords = words;
        return words;
    }

    private void Signal()
    {
        if (_work.CurrentCount == 0)
        {
            _work.Release();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            // Makes the stream known before its first word, so that one who comes in between knows that nothing is missing.
            await WriteAsync(new Batch { Number = 1, Seq = 1 });
            Spend();
            while (!_isEnded)
            {
                await _work.WaitAsync(_engine.Stopping);
                var batch = Take();
                var isShared = await WriteAsync(batch);
                Written();
                _isEnded |= batch.IsLast;
                if (!_isEnded)
                {
                    Spend();
                    await PauseAsync();
                }
                else if (!isShared)
                {
                    await SayAgainAsync(batch.LastWords!);
                }
            }
        }
        catch (OperationCanceledException) when (_engine.Stopping.IsCancellationRequested)
        {
            // The node goes, and Redis did not take the rest in time: another node ends the stream by its lease.
        }
        catch (Exception exception)
        {
            // The catch-all of this background loop: the stream must end, not hang.
            ChannelsLog.LaneFailed(_engine.Logger, exception);
            _abandon();
        }
    }

    /// <summary>Each write takes its interval, also one that did not wait for it.</summary>
    private void Spend()
    {
        var now = _engine.Time.GetElapsedTime(_openedAt);
        _due = (now > _due ? now : _due) + (_engine.WriteInterval > MinInterval ? _engine.WriteInterval : MinInterval);
    }

    /// <summary>Until the next write is due; but the first token is never held back.</summary>
    private async Task PauseAsync()
    {
        var pause = Task.Delay(_due - _engine.Time.GetElapsedTime(_openedAt) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero, _engine.Time, _engine.Stopping);
        await (_hasSentDelta ? pause : await Task.WhenAny(pause, _firstDelta.Task));
    }

    private Batch Take()
    {
        lock (_gate)
        {
            var batch = _pending;
            _writing = batch.Length;
            _hasSentDelta = _hasDelta;
            _pending = new Batch { Number = batch.Number + 1, Seq = _seq };
            return batch;
        }
    }

    private void Written()
    {
        lock (_gate)
        {
            _writing = 0;
        }
    }

    /// <summary>The end was heard on this node alone. Who has moved to another one hears of it when Redis is back, as long as ends are remembered.</summary>
    private async Task SayAgainAsync(Batch words)
    {
        for (var reminders = 0; reminders < MaxReminders; reminders++)
        {
            await Task.Delay(ReminderInterval, _engine.Time, _engine.Stopping);
            if (_engine.IsAway || _engine.Find(_key)?.IsAlone == true)
            {
                // This node has yet to begin the new epoch, whose notice tells that text may be missing before the end.
                continue;
            }

            try
            {
                if (await _engine.Shared.PublishAsync(_key, _streamId, _actionName, words, BatchKind.Restating, CancellationToken.None) is { } entry)
                {
                    _engine.Find(_key)?.Receive(entry);
                }

                return;
            }
            catch (StateUnavailableException)
            {
                // Redis is still away.
            }
        }
    }

    /// <summary>
    /// Until it is taken: by Redis, or, which it says with false, by this node alone. A write that timed out may have been taken: the same number comes again and is known.
    /// </summary>
    private async Task<bool> WriteAsync(Batch batch)
    {
        while (true)
        {
            _engine.Stopping.ThrowIfCancellationRequested();
            var replica = _engine.Find(_key);
            if (replica is not null && (replica.IsAlone || _engine.IsAway) && replica.TryPublishAlone(_streamId, _actionName, batch))
            {
                return false;
            }

            try
            {
                if (await _engine.Shared.PublishAsync(_key, _streamId, _actionName, batch, BatchKind.Own, CancellationToken.None) is { } entry)
                {
                    _engine.Find(_key)?.Receive(entry);
                }
                else
                {
                    EndElsewhere();
                }

                return true;
            }
            catch (StateUnavailableException)
            {
                await Task.Delay(RetryInterval, _engine.Time, _engine.Stopping);
            }
        }
    }

    /// <summary>Another node took this one for dead and has ended the stream; nothing comes after an end.</summary>
    private void EndElsewhere()
    {
        lock (_gate)
        {
            _isLost = true;
            _isEnded = true;
        }

        _abandon();
    }
}
