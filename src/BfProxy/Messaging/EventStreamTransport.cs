using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>
/// Frames as server-sent events. Each brings the cursor over all channels with it, so that a client which reconnects by itself says
/// where it stands. What one drain finds goes out in one write.
/// </summary>
/// <param name="writer">The response; this is its only writer.</param>
/// <param name="visitor">Who reads.</param>
/// <param name="abort">Ends the request, where a write hangs in it.</param>
internal sealed class EventStreamTransport(PipeWriter writer, MessagingVisitor visitor, Action abort) : IFrameTransport
{
    private const int FlushBytes = 4 * 1024;
    private const int MaxOffsetDigits = 20;
    private const int MinRetryMilliseconds = 1_000;
    private const int MaxRetryMilliseconds = 3_000;

    private static readonly ReadOnlyMemory<byte> Comment = ": ping\n\n"u8.ToArray();
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    private Subscription[] _subscriptions = [];
    private byte[][] _prefixes = [];
    private int[] _epochs = [];
    private int _unflushed;
    private bool _hasBegun;

    public ValueTask SendAsync(PreparedFrame frame, ReadOnlySpan<Subscription> positions, bool hasMore)
    {
        var payload = frame.Payload.Span;
        if (payload.IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        if (payload.SequenceEqual(Comment.Span))
        {
            Put(payload);
            return ValueTask.CompletedTask;
        }

        Begin();
        PutCursor(positions);
        Put("data: "u8);
        PutLine(payload);
        Put("\n\n"u8);
        return _unflushed >= FlushBytes ? FlushAsync() : ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync()
    {
        if (_unflushed == 0)
        {
            return ValueTask.CompletedTask;
        }

        _unflushed = 0;
        var flush = writer.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            return WaitAsync(flush);
        }

        ThrowIfGone(flush.Result);
        return ValueTask.CompletedTask;
    }

    public ValueTask CloseAsync(ConnectionEnd end)
    {
        var reconnect = end.Returns ? "true" : "false";
        Put(Encoding.UTF8.GetBytes($"event: close\ndata: {{\"code\":{end.Code},\"reason\":\"{end.Reason}\",\"reconnect\":{reconnect}}}\n\n"));
        return FlushAsync();
    }

    public ReadOnlyMemory<byte> Ping(long number) => Comment;

    public void Abort() => abort();

    /// <summary>Clients come back after a pause of their own each, not all at once.</summary>
    private void Begin()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            Put(Encoding.ASCII.GetBytes($"retry: {RandomNumberGenerator.GetInt32(MinRetryMilliseconds, MaxRetryMilliseconds)}\n"));
        }
    }

    private void PutCursor(ReadOnlySpan<Subscription> positions)
    {
        if (!positions.SequenceEqual(_subscriptions) || HasMoved())
        {
            _subscriptions = positions.ToArray();
            _epochs = Array.ConvertAll(_subscriptions, static subscription => subscription.EpochNumber);
            _prefixes = Array.ConvertAll(_subscriptions, subscription => EventCursor.Prefix(visitor, subscription));
        }

        var separator = "id: "u8;
        for (var i = 0; i < _subscriptions.Length; i++)
        {
            if (_prefixes[i].Length > 0)
            {
                Put(separator);
                Put(_prefixes[i]);
                Put(_subscriptions[i].Taken);
                separator = ","u8;
            }
        }

        if (separator[0] == (byte)',')
        {
            Put("\n"u8);
        }
    }

    private bool HasMoved()
    {
        for (var i = 0; i < _epochs.Length; i++)
        {
            if (_epochs[i] != _subscriptions[i].EpochNumber)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A line end within a frame can only be white space between JSON tokens, as a visitor wrote them; in an event it would end the line.</summary>
    private void PutLine(ReadOnlySpan<byte> frame)
    {
        for (var end = frame.IndexOfAny(LineEnds); end >= 0; end = frame.IndexOfAny(LineEnds))
        {
            Put(frame[..end]);
            Put(" "u8);
            frame = frame[(end + 1)..];
        }

        Put(frame);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes);
        _unflushed += bytes.Length;
    }

    private void Put(long number)
    {
        Utf8Formatter.TryFormat(number, writer.GetSpan(MaxOffsetDigits), out var written);
        writer.Advance(written);
        _unflushed += written;
    }

    private static async ValueTask WaitAsync(ValueTask<FlushResult> flush) => ThrowIfGone(await flush.ConfigureAwait(false));

    private static void ThrowIfGone(FlushResult result)
    {
        if (result.IsCompleted)
        {
            throw new IOException("The client has gone");
        }
    }
}
