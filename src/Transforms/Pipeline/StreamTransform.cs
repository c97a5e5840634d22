using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Pipeline;

/// <summary>
/// One attempt's way from provider bytes to sink: framing, then the dialect's reader. Bad provider data is an error to the sink, never an exception.
/// The sink gets exactly one <see cref="IStreamSink.End"/> or <see cref="IStreamSink.Error"/>, at the latest in <see cref="Complete"/>.
/// Used by one thread at a time; nothing is allocated per push.
/// </summary>
/// <param name="reader">Reads the frames; belongs to this stream alone.</param>
/// <param name="sink">Receives what they mean.</param>
/// <param name="limits">When to give up.</param>
public sealed class StreamTransform(DialectReader reader, IStreamSink sink, StreamLimits limits) : IDisposable
{
    private const int BadGateway = 502;

    /// <summary>What the tokenizers of today's models make of plain text, on average.</summary>
    private const int BytesPerToken = 4;

    private readonly TerminalGuard _sink = new(sink);
    private SseScanState _scan = new(limits.MaxFrameBytes);
    private UnframedBody _unframed;
    private long _received;
    private bool _framed;
    private bool _disposed;

    /// <summary>The terminal call was made; further pushes are ignored.</summary>
    public bool IsFinished => _sink.IsClosed;

    /// <summary>Frames that the reader could not read and that were skipped.</summary>
    public int MalformedFrames { get; private set; }

    /// <summary>
    /// Tokens that the stream has cost so far, however it ended: reported by the provider, else as far as it told, else reckoned. An answer that breaks off
    /// is billed all the same; null where nothing of it came, which may have cost nothing.
    /// </summary>
    /// <param name="requestBytes">Length of the request's body, for the reckoning.</param>
    public CountedUsage? CountUsage(long requestBytes)
    {
        if (_sink.Reported is { } reported)
        {
            return new CountedUsage(reported, UsageSource.Reported);
        }

        var said = TokensOf(_sink.AnswerBytes);
        if (reader.UsageSoFar is { } told)
        {
            return new CountedUsage(told with { CompletionTokens = Math.Max(told.CompletionTokens, said) }, UsageSource.Partial);
        }

        return _sink.IsAnswered ? new CountedUsage(new Usage(TokensOf(requestBytes), said), UsageSource.Estimated) : null;
    }

    /// <summary>The provider's next bytes, split anywhere. They are not kept.</summary>
    public void Push(ReadOnlySpan<byte> bytes)
    {
        if (IsFinished || _disposed)
        {
            return;
        }

        // Cut at the limit, so that the frames before it count the same however the response was split.
        var allowed = (int)Math.Min(bytes.Length, limits.MaxResponseBytes - _received);
        _received += allowed;
        Scan(bytes[..allowed]);
        if (allowed < bytes.Length)
        {
            Fail(BfErrorKind.TooLarge, $"The provider's answer is longer than {limits.MaxResponseBytes} bytes.");
        }
    }

    /// <summary>The provider's end of the response: reads a last frame without a blank line, then lets the reader decide whether the answer is whole.</summary>
    public void Complete()
    {
        if (IsFinished || _disposed)
        {
            return;
        }

        if (SseScanner.TryReadLast(ref _scan, out var frame))
        {
            Dispatch(frame);
        }

        if (!_framed)
        {
            CompleteUnframed();
        }

        if (!IsFinished)
        {
            reader.Complete(_sink);
        }

        Fail(BfErrorKind.Truncated, "The provider's answer ended before its end.");
    }

    /// <summary>Ends the stream for a reason outside of its bytes, such as a clock or a reset. Does nothing once it is finished.</summary>
    public void Fail(BfError error) => _sink.Error(error);

    /// <summary>Returns the pooled buffers. Pushes are ignored from then on.</summary>
    public void Dispose()
    {
        _disposed = true;
        _scan.Dispose();
        _unframed.Dispose();
    }

    private static long TokensOf(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;

    private void Scan(ReadOnlySpan<byte> bytes)
    {
        var scanner = new SseScanner(ref _scan, bytes);
        while (!IsFinished)
        {
            switch (scanner.Read(out var frame))
            {
                case SseScanStatus.Frame:
                    Dispatch(frame);
                    break;
                case SseScanStatus.TooLarge:
                    Fail(BfErrorKind.TooLarge, $"The provider sent a frame of more than {limits.MaxFrameBytes} bytes.");
                    break;
                default:
                    KeepUnframed(bytes);
                    return;
            }
        }
    }

    private void Dispatch(in SseFrame frame)
    {
        if (!_framed)
        {
            _framed = true;
            _unframed.Dispose();
        }

        if (!reader.TryRead(frame, _sink) && ++MalformedFrames > limits.MaxMalformedFrames)
        {
            Fail(BfErrorKind.Malformed, $"The provider sent more than {limits.MaxMalformedFrames} frames that are not of its format.");
        }
    }

    private void KeepUnframed(ReadOnlySpan<byte> bytes)
    {
        if (!_framed)
        {
            _unframed.Append(bytes);
        }
    }

    private void CompleteUnframed()
    {
        // The reader is shown an error only: a plain answer must not pass for a stream that ended well.
        if (_unframed.TryFindError(out var json))
        {
            reader.TryRead(new SseFrame("error"u8, json), _sink);
        }

        if (_unframed.IsForeign())
        {
            Fail(BfErrorKind.Malformed, "The provider answered with something that is not an event stream.");
        }
    }

    private void Fail(BfErrorKind kind, string message)
    {
        if (!IsFinished)
        {
            _sink.Error(new BfError { Status = BadGateway, Kind = kind, Message = message });
        }
    }
}
