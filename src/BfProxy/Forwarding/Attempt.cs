using System.Net.Http.Headers;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Forwarding;

/// <summary>
/// One try at one provider: what its response transform saw, and where its bytes go. YARP's copy loop calls it, one call at a time;
/// it never throws for what the provider sends, because YARP would blame the caller.
/// </summary>
internal sealed class Attempt(ProviderCall call, ResponseReader response, AttemptClocks clocks, RunningStream stream, TimeProvider time) : IDisposable
{
    /// <summary>Most bytes of a refusal that are read; what the provider says fits into it.</summary>
    private const int MaxRefusalBytes = 64 * 1024;

    private ArrayPoolBufferWriter<byte>? _refusal;
    private int _status;
    private bool _accepted;
    private bool _content;
    private bool _unreadable;
    private BfError? _unusable;
    private TimeSpan? _retryAfter;

    public ProviderCall Call => call;

    /// <summary>Whether 2xx headers of the right kind arrived.</summary>
    public bool IsAccepted => _accepted;

    /// <summary>Called by the response transform when the provider's headers are there.</summary>
    public void Headers(HttpResponseMessage provider)
    {
        clocks.Headers();
        _status = (int)provider.StatusCode;
        stream.ProviderAnswered(_status);
        var content = provider.Content.Headers;
        var encoding = content.ContentEncoding.FirstOrDefault(e => !e.Equals("identity", StringComparison.OrdinalIgnoreCase));
        if (!provider.IsSuccessStatusCode)
        {
            _retryAfter = RetryAfterOf(provider.Headers);
            _unreadable = encoding is not null;
            return;
        }

        if (encoding is not null)
        {
            _unreadable = true;
            _unusable = StreamErrors.Compressed(call.Provider, encoding);
            return;
        }

        if (!response.Accepts(content.ContentType?.MediaType))
        {
            _unusable = StreamErrors.NotAStream(call.Provider, content.ContentType?.MediaType);
            return;
        }

        _accepted = true;
        stream.ProviderAccepted();
    }

    /// <summary>Bytes of the response body.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        clocks.Byte();
        if (!_accepted)
        {
            KeepRefusal(bytes);
            return;
        }

        if (response.IsFinished)
        {
            return;
        }

        response.Push(bytes);
        if (!_content && response.HasContent)
        {
            _content = true;
            clocks.Content();
            stream.FirstContent();
        }

        if (response.Error is not null)
        {
            // The answer is spoiled; the provider need not finish it.
            stream.EndAttempt(EndCause.Finished);
        }
        else if (response.IsFinished)
        {
            clocks.Finished();
        }
    }

    /// <summary>Why the provider refused; null where it answered nothing at all.</summary>
    public BfError? Refusal()
    {
        if (_status == 0 || _accepted)
        {
            return null;
        }

        // Compressed words are not for reading; the status still says what happened.
        var body = _refusal is null || _unreadable ? default : _refusal.WrittenSpan;
        var error = _status is >= 200 and < 300 ? FromUnusable(body) : call.Dialect.ReadError(_status, body);
        return error with { Provider = call.Provider.Name, RetryAfter = _retryAfter ?? error.RetryAfter };
    }

    public void Dispose() => _refusal?.Dispose();

    // A refusal under 200, as application/json, is still a refusal in the provider's own words.
    private BfError FromUnusable(ReadOnlySpan<byte> body)
    {
        var words = body.IsEmpty ? null : call.Dialect.ReadError(StatusCodes.Status502BadGateway, body);
        return words?.ProviderMessage is null ? _unusable! : words;
    }

    private void KeepRefusal(ReadOnlySpan<byte> bytes)
    {
        _refusal ??= new ArrayPoolBufferWriter<byte>();
        var room = MaxRefusalBytes - _refusal.WrittenCount;
        if (bytes.Length > room)
        {
            bytes = bytes[..room];
            stream.EndAttempt(EndCause.Finished);
        }

        bytes.CopyTo(_refusal.GetSpan(Math.Max(bytes.Length, 1)));
        _refusal.Advance(bytes.Length);
    }

    private TimeSpan? RetryAfterOf(HttpResponseHeaders headers)
    {
        if (headers.TryGetValues("retry-after-ms", out var values) && double.TryParse(values.FirstOrDefault(), System.Globalization.CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 0 and < 1e9)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        var after = headers.RetryAfter;
        if (after?.Date is not { } date)
        {
            return after?.Delta;
        }

        // By the provider's own clock where it tells it.
        var now = headers.Date ?? time.GetUtcNow();
        return date > now ? date - now : TimeSpan.Zero;
    }
}
