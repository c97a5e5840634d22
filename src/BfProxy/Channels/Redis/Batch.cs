using System.Buffers;
using System.Text;

namespace BfProxy.Channels.Redis;

/// <summary>What of a stream goes to a channel in one write, gathered; adjacent deltas become one record.</summary>
internal sealed class Batch
{
    private readonly List<(int Deltas, int Length)> _records = [];
    private readonly ArrayBufferWriter<byte> _payloads = new(256);

    /// <summary>Numbers the batches of a stream on a channel from one, so that one that comes twice is known.</summary>
    public required int Number { get; init; }

    /// <summary>The stream's first seq in it.</summary>
    public required int Seq { get; init; }

    /// <summary>Whether the stream is over with it.</summary>
    public bool IsLast { get; set; }

    /// <summary>Where the stream is over with it: the events that it ended with, to be said again to who missed them.</summary>
    public Batch? LastWords { get; set; }

    /// <summary>How many offsets it takes.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of payload.</summary>
    public int Length => _payloads.WrittenCount;

    public bool IsEmpty => Count == 0 && !IsLast;

    /// <summary>A batch of one message.</summary>
    public static Batch Of(ReadOnlySpan<byte> message)
    {
        var batch = new Batch { Number = 0, Seq = 0 };
        batch.Add(0, message);
        return batch;
    }

    /// <summary>Adds a delta (one) or anything else (zero).</summary>
    public void Add(int deltas, ReadOnlySpan<byte> payload)
    {
        _payloads.Write(payload);
        Count++;
        if (deltas > 0 && _records.Count > 0 && _records[^1] is { Deltas: > 0 and < LogEntry.MaxDeltas } last)
        {
            _records[^1] = (last.Deltas + deltas, last.Length + payload.Length);
        }
        else
        {
            _records.Add((deltas, payload.Length));
        }
    }

    /// <summary>As an <see cref="EntryBody"/>.</summary>
    public byte[] Write(string streamId, string? actionName)
    {
        var body = new ArrayBufferWriter<byte>(_payloads.WrittenCount + 128);
        body.Write([(byte)((IsLast ? EntryBody.Closes : 0) | (actionName is null ? 0 : EntryBody.HasAction))]);
        PutText(body, Encoding.UTF8.GetBytes(streamId));
        PutText(body, Encoding.UTF8.GetBytes(actionName ?? ""));
        var rest = _payloads.WrittenSpan;
        foreach (var (deltas, length) in _records)
        {
            PutNumber(body, deltas);
            PutText(body, rest[..length]);
            rest = rest[length..];
        }

        return body.WrittenSpan.ToArray();
    }

    private static void PutText(ArrayBufferWriter<byte> body, ReadOnlySpan<byte> text)
    {
        PutNumber(body, text.Length);
        body.Write(text);
    }

    private static void PutNumber(ArrayBufferWriter<byte> body, int number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            body.Write([(byte)(number | 0x80)]);
        }

        body.Write([(byte)number]);
    }
}
