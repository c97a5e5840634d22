using System.Text.Json;

namespace Checker.Clients;

/// <summary>One channel as one client sees it, over all its connections: each offset handed over once and in order, or a gap that it was told of.</summary>
internal sealed class ChannelView(string name, ChannelOrder order, Tally tally)
{
    private readonly Dictionary<string, StreamView> _streams = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private long _replayedUntil;

    public string Name => name;

    /// <summary>As the server said it; to a visitor it is signed, so only what stands before the first dot is the same for all.</summary>
    public string? Epoch { get; private set; }

    public long Offset { get; private set; }

    /// <summary>Joined again, not yet answered: what comes now will come again with the replay.</summary>
    public bool IsPending { get; set; }

    /// <summary>What to ask the server for: nothing of the past at first, later what comes after the last frame.</summary>
    public string Since => Epoch is null ? "" : $$""","since":{"epoch":"{{Epoch}}","offset":{{Offset}}}""";

    public void Joined(JsonElement reply)
    {
        IsPending = false;
        var recovered = !reply.TryGetProperty("recovered", out var said) || said.GetBoolean();
        var epoch = reply.GetProperty("epoch").GetString()!;
        if (Epoch is not null && recovered)
        {
            if (!string.Equals(Bare(Epoch), Bare(epoch), StringComparison.Ordinal))
            {
                tally.Fault($"{name}: recovered over a change of epoch");
            }

            return;
        }

        if (Epoch is not null)
        {
            // An end may lie in what was missed.
            Excuse();
            _open.Clear();
        }

        // After a gap, streams that are still kept may come again from their first token; what lies between them does not.
        _replayedUntil = reply.GetProperty("offset").GetInt64();
        (Epoch, Offset) = (epoch, Epoch is null ? _replayedUntil : 0);
    }

    public void Take(JsonElement frame)
    {
        var offset = frame.GetProperty("offset").GetInt64();
        if (frame.TryGetProperty("epoch", out var epoch))
        {
            // The channel began anew while we listened: text may be missing, but what ran is still to end.
            Excuse();
            (Epoch, Offset, _replayedUntil) = (epoch.GetString(), offset, offset);
            return;
        }

        var from = frame.TryGetProperty("from", out var first) ? first.GetInt64() : offset;
        Count(from, offset);
        var stream = frame.GetProperty("streamId").GetString()!;
        var seq = frame.GetProperty("seq").GetInt64();
        var seqFrom = frame.TryGetProperty("seqFrom", out var firstSeq) ? firstSeq.GetInt64() : seq;
        if (offset - from != seq - seqFrom || !order.Agrees(Bare(Epoch!), from, stream, seqFrom) || !order.Agrees(Bare(Epoch!), offset, stream, seq))
        {
            tally.Disordered($"{name}: offsets {from}–{offset} hold seq {seqFrom}–{seq} of {stream}, other clients saw something else there");
        }

        if (!_streams.TryGetValue(stream, out var view))
        {
            if (!frame.TryGetProperty("actionName", out var action))
            {
                tally.Fault($"{name}: {stream}: a frame without its action");
                return;
            }

            _streams[stream] = view = new StreamView(action.GetString()!, seqFrom);
        }

        if (view.Take(seqFrom, seq, frame.GetProperty("event")) is { } fault)
        {
            tally.Fault($"{name}: {stream}: {fault}");
        }

        if (view.IsBroken)
        {
            tally.Broken();
        }

        _ = view.HasEnded ? _open.Remove(stream) : _open.Add(stream);
    }

    private bool IsAt(string epoch, long offset) => Epoch is not null && string.Equals(Bare(Epoch), Bare(epoch), StringComparison.Ordinal) && Math.Max(Offset, _replayedUntil) == offset;

    /// <summary>What is missing at the end of all: the channel's last frames, and the ends of streams of which it saw something while it listened.</summary>
    public IEnumerable<string> Unfinished(string epoch, long offset)
    {
        if (!IsAt(epoch, offset))
        {
            yield return $"{name}: at {Epoch}/{Offset}, the channel is at {epoch}/{offset}";
        }

        foreach (var stream in _open)
        {
            yield return $"{name}: no end of {stream}{(_streams.ContainsKey(stream) ? "" : ", which said nothing since a gap")}";
        }
    }

    private static string Bare(string epoch) => epoch.Split('.')[0];

    private void Count(long from, long offset)
    {
        if (from > Math.Max(Offset, _replayedUntil) + 1)
        {
            tally.Lost(from - Offset - 1, $"{name}: offset {from} after {Offset}");
        }
        else if (from <= Offset)
        {
            tally.Repeated(Offset - from + 1, $"{name}: offset {from} after {Offset}");
        }

        tally.Delivered(offset - from + 1);
        Offset = offset;
    }

    private void Excuse()
    {
        tally.Gap();
        _streams.Clear();
    }
}
