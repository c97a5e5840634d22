using System.Diagnostics;
using System.Net.Http.Headers;
using BfProxy.Resilience;
using BfProxy.Routing;
using BfProxy.Telemetry;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Forwarding;

/// <summary>
/// One try at one provider: what its response transform saw, and where its bytes go. YARP's copy loop calls it, one call at a time;
/// it never throws for what the provider sends, because YARP would blame the caller.
/// </summary>
internal sealed class Attempt : IDisposable
{
    /// <summary>Most bytes of a refusal that are read; what the provider says fits into it.</summary>
    private const int MaxRefusalBytes = 64 * 1024;

    private readonly RunningStream _stream;
    private readonly AttemptAbort? _abort;
    private readonly AttemptClocks _clocks;
    private readonly Activity? _span;
    private readonly TimeProvider _time;
    private readonly DestinationChoice? _choice;
    private ArrayPoolBufferWriter<byte>? _refusal;
    private HttpContext? _context;
    private int _status;
    private bool _accepted;
    private bool _content;
    private bool _unreadable;
    private BfError? _unusable;
    private TimeSpan? _retryAfter;

    /// <summary>An attempt that is ready to be sent.</summary>
    /// <param name="round">What is asked, and who reads the answer.</param>
    /// <param name="stream">The stream that it belongs to.</param>
    /// <param name="abort">Ends it alone; null where the stream is to end with it.</param>
    /// <param name="avoided">Destinations where the stream has failed before; null where there is nothing to choose by.</param>
    /// <param name="span">Its trace.</param>
    /// <param name="time">The clock.</param>
    public Attempt(Round round, RunningStream stream, AttemptAbort? abort, IReadOnlyCollection<DestinationState>? avoided, Activity? span, TimeProvider time)
    {
        Call = round.Call;
        Response = round.Response;
        (_stream, _abort, _span, _time) = (stream, abort, span, time);
        _choice = avoided is null ? null : new DestinationChoice(Call.Provider, avoided, Judge);
        _clocks = new AttemptClocks(time, Call.Provider.Options.Timeouts, End);
    }

    public ProviderCall Call { get; }

    public ResponseReader Response { get; }

    /// <summary>Why we ended it, alone or with its stream.</summary>
    public EndCause Cause => _stream.Cause is not EndCause.None and var cause ? cause : _abort?.Cause ?? EndCause.None;

    /// <summary>Where it went, as far as that was chosen.</summary>
    public DestinationState? Destination => _choice?.Destination;

    /// <summary>Whether 2xx headers of the right kind arrived.</summary>
    public bool IsAccepted => _accepted;

    /// <summary>Sends the call on its way through YARP; ends when its response is over.</summary>
    public async ValueTask SendAsync(Endpoint endpoint, RequestDelegate forward, IServiceScopeFactory scopes, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        _context = AttemptContext.Create(this, endpoint, scope.ServiceProvider, _abort?.Token ?? cancellationToken);
        if (_choice is not null)
        {
            _context.Features.Set(_choice);
        }

        await forward(_context);
        if (_span is not null && _choice is not null)
        {
            StreamTrace.Destination(_span, _choice.Destination?.DestinationId, _choice.BlockedFor is not null);
        }
    }

    /// <summary>Ends it for a reason of ours, and the stream where no other attempt or round may follow; the first reason counts.</summary>
    public void End(EndCause cause)
    {
        if (_abort is not null)
        {
            _abort.End(cause);
        }
        else
        {
            _stream.End(cause);
        }
    }

    /// <summary>Called by the response transform when the provider's headers are there.</summary>
    public void Headers(HttpResponseMessage provider)
    {
        _clocks.Headers();
        _status = (int)provider.StatusCode;
        if (_span is not null)
        {
            StreamTrace.Status(_span, _status);
        }

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
            _unusable = StreamErrors.Compressed(Call.Provider, encoding);
            return;
        }

        if (!Response.Accepts(content.ContentType?.MediaType))
        {
            _unusable = StreamErrors.NotAStream(Call.Provider, content.ContentType?.MediaType);
            return;
        }

        _accepted = true;
        _stream.ProviderAccepted();
    }

    /// <summary>Bytes of the response body.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        _clocks.Byte();
        if (!_accepted)
        {
            KeepRefusal(bytes);
            return;
        }

        if (Response.IsFinished)
        {
            return;
        }

        Response.Push(bytes);
        if (!_content && Response.HasContent)
        {
            _content = true;
            _clocks.Content();
            _choice?.Answer();
            _stream.FirstContent(Call, _span);
        }

        if (Response.Error is not null)
        {
            // The answer is spoiled; the provider need not finish it.
            End(EndCause.Finished);
        }
        else if (Response.IsFinished)
        {
            _clocks.Finished();
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
        var error = _status is >= 200 and < 300 ? FromUnusable(body) : Call.Dialect.ReadError(_status, body);
        return error with { Provider = Call.Provider.Name, RetryAfter = _retryAfter ?? error.RetryAfter };
    }

    /// <summary>What went wrong on the provider's side or by one of our clocks; null where the answer came to its close, or says itself what is wrong.</summary>
    public BfError? Failure() => _context is null || Response.IsFinished ? null : Failure(_context);

    /// <summary>What the body of the response, which is ours, threw: our fault, which YARP would blame on a client.</summary>
    public Exception? BodyFault() => _context?.Features.Get<IForwarderErrorFeature>() is { Error: ForwarderError.ResponseBodyClient, Exception: { } exception } && Cause is EndCause.None or EndCause.Finished ? exception : null;

    /// <summary>The response is over; clocks must not run while something else is waited for.</summary>
    public void StopClocks() => _clocks.Dispose();

    public void Dispose()
    {
        _clocks.Dispose();
        _refusal?.Dispose();
        _span?.Dispose();
    }

    private BfError? Failure(HttpContext context)
    {
        var refusal = Refusal();
        if (Cause is not (EndCause.None or EndCause.Finished))
        {
            return StreamErrors.EndedBy(Call.Provider, Cause, refusal);
        }

        var error = context.Features.Get<IForwarderErrorFeature>();
        return refusal
            ?? (_choice?.BlockedFor is { } blocked ? StreamErrors.BreakerOpen(Call.Provider, blocked)
            : BodyFault() is not null ? StreamErrors.Internal()
            : !_accepted || error is not null ? StreamErrors.FromForwarder(Call.Provider, error, context.Response.StatusCode)
            : null);
    }

    /// <summary>What the attempt, which is over, tells of its destination.</summary>
    private Verdict Judge(HttpContext context)
    {
        if (Cause is not (EndCause.None or EndCause.Finished or EndCause.FirstToken or EndCause.Idle))
        {
            return Verdict.Unknown;
        }

        var error = Response.Error ?? (Response.IsFinished ? null : Failure(context));
        var isCut = error is null && !Response.IsFinished && Call.Streams;
        return isCut || error is not null && Failures.AreTheDestinations(error) ? Verdict.Failed : Verdict.Fine;
    }

    // A refusal under 200, as application/json, is still a refusal in the provider's own words.
    private BfError FromUnusable(ReadOnlySpan<byte> body)
    {
        var words = body.IsEmpty ? null : Call.Dialect.ReadError(StatusCodes.Status502BadGateway, body);
        return words?.ProviderMessage is null ? _unusable! : words;
    }

    private void KeepRefusal(ReadOnlySpan<byte> bytes)
    {
        _refusal ??= new ArrayPoolBufferWriter<byte>();
        var room = MaxRefusalBytes - _refusal.WrittenCount;
        if (bytes.Length > room)
        {
            bytes = bytes[..room];
            End(EndCause.Finished);
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
        var now = headers.Date ?? _time.GetUtcNow();
        return date > now ? date - now : TimeSpan.Zero;
    }
}
