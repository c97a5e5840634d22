using System.Diagnostics.CodeAnalysis;
using BfProxy.Resilience;
using BfProxy.Routing;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Forwarding;

/// <summary>
/// What may be tried after a call failed before its first token: another key of its provider, then the providers that it falls back to. Exists only where one of
/// these, or a retry, is configured. In later tool rounds the conversation holds turns in the words of the provider that made them, so it stays there.
/// A conversation that the provider keeps cannot be carried to another one, and is asked again only where the first call is sure not to have been heard.
/// </summary>
internal sealed class AttemptPlan(CallFactory calls, RequestImages images, ChatRequest request, App app, ProviderCall first, bool mustStream) : IDisposable
{
    /// <summary>Where the provider does not say how long.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongRest = TimeSpan.FromMinutes(10);

    private readonly FallbackMedia _media = new(images, request, app, TargetsOf(request, app, first));
    private readonly List<DestinationState> _avoided = [];
    // Replaced whole: the reader of an answer empties it while a hedge may be looking for somebody.
    private List<Fallback> _fallbacks = TargetsOf(request, app, first);
    private IDisposable? _memory;
    private int _keysTried;
    private ChatRequest? _goOn;
    private string _said = "";

    /// <summary>Makes the round of a call, with a reader of its language.</summary>
    public Func<ProviderCall, Round> Ask { get; private set; } = static _ => throw new InvalidOperationException("Nobody reads the answers yet");

    /// <summary>Where the stream has failed; other destinations of the same provider come first.</summary>
    public IReadOnlyCollection<DestinationState> Avoided => _avoided;

    /// <summary>An attempt failed there.</summary>
    public void Avoid(DestinationState? destination)
    {
        if (destination is not null)
        {
            _avoided.Add(destination);
        }
    }

    /// <summary>Tells who reads the answers that of two rounds under way this one goes on.</summary>
    public Action<Round> Take { get; private set; } = static _ => { };

    /// <summary>Whether another provider is left to ask.</summary>
    public bool CanFallBack => _fallbacks.Count > 0;

    /// <summary>Says who reads the answers, and takes over the request's memory, which is needed as long as it may be written for another provider.</summary>
    /// <param name="ask">Makes the round of a call, with a reader of its language; called again for each attempt.</param>
    /// <param name="take">Told which of two rounds under way goes on, in place of the one that was made last. Where null, no two are.</param>
    /// <param name="memory">Released with the plan.</param>
    /// <param name="showsAtOnce">Whether the text is all there is to the answer and goes out as it comes, so that another provider may go on with it.</param>
    public void Use(Func<ProviderCall, Round> ask, Action<Round>? take = null, IDisposable? memory = null, bool showsAtOnce = false)
    {
        (Ask, Take, CanHedge, _memory) = (ask, take ?? Take, take is not null, memory);
        GoesOn = showsAtOnce && first.Provider.Options.ContinueOnFallback && !request.ToolNames.Any();
    }

    /// <summary>Whether another provider goes on where one fails in the middle of its answer.</summary>
    public bool GoesOn { get; private set; }

    /// <summary>The call that has the next provider go on with what was said last.</summary>
    public bool TryGoOn(string said, Action<string, string> passedOver, [NotNullWhen(true)] out ProviderCall? call)
    {
        _said += said;
        _goOn = request.GoOnFrom(_said);
        return TryFallBack(passedOver, out call);
    }

    /// <summary>Whether two rounds may be under way at once.</summary>
    public bool CanHedge { get; private set; }

    /// <summary>Whether the call may be made again after this failure. Where nobody said no, a conversation of the provider's may hold the turn already.</summary>
    public bool MayRepeat(BfError error) =>
        request.Conversation is null || error.ProviderStatus is not null || error.ProviderMessage is not null || error.Kind is BfErrorKind.Overloaded or BfErrorKind.BreakerOpen;

    /// <summary>Whether the call should go on with another key rather than wait with this one. The key rests.</summary>
    public bool HasOtherKey(ProviderCall call, BfError error)
    {
        if (call.Key is null || request.ProviderKey is not null && call.Provider == first.Provider || !Failures.AreTheKeys(error))
        {
            return false;
        }

        var rest = error.RetryAfter ?? (error.Kind is BfErrorKind.RateLimit ? Rest : LongRest);
        return call.Provider.Keys.Rest(call.Key, calls.Now, rest) && ++_keysTried < call.Provider.Keys.Count;
    }

    public static ProviderCall OtherKey(ProviderCall call, DateTimeOffset now) => call with { Key = call.Provider.Keys.Take(now) };

    /// <summary>Whether something is to be fetched before another provider is asked.</summary>
    public bool MustFetch => _fallbacks.Any(_media.IsMissing);

    /// <summary>Fetches what the providers that are left take as data only.</summary>
    public ValueTask FetchAsync(CancellationToken cancellationToken) => _media.FetchAsync(_fallbacks, cancellationToken);

    /// <summary>The call of the next provider that can be asked; those that cannot are passed over, each with its reason. To be asked after <see cref="FetchAsync"/>.</summary>
    public bool TryFallBack(Action<string, string> passedOver, [NotNullWhen(true)] out ProviderCall? call) => TryNext(mayKeep: false, passedOver, out call);

    /// <summary>The same for a race to the first token: who has none, because its answer comes whole, or is not ready to be asked, keeps its place for afterwards.</summary>
    public bool TryHedge(Action<string, string> passedOver, [NotNullWhen(true)] out ProviderCall? call) => TryNext(mayKeep: true, passedOver, out call);

    /// <summary>Content came: no other attempt is made, unless another provider may go on with the answer.</summary>
    public void Close()
    {
        if (!GoesOn)
        {
            Dispose();
        }
    }

    /// <summary>The request will not be written for another provider any more.</summary>
    public void Dispose()
    {
        _fallbacks = [];
        _memory?.Dispose();
        _memory = null;
    }

    private static List<Fallback> TargetsOf(ChatRequest request, App app, ProviderCall first) =>
        request.Conversation is null && (request.ProviderKey is null || app.FallbackOnServerKey) ? first.Provider.Options.Fallbacks : [];

    private bool TryNext(bool mayKeep, Action<string, string> passedOver, [NotNullWhen(true)] out ProviderCall? call)
    {
        var (line, next) = (_fallbacks, 0);
        var kept = new List<Fallback>();
        for (call = null; call is null && next < line.Count; next++)
        {
            var target = line[next];
            if (mayKeep && _media.IsMissing(target))
            {
                kept.Add(target);
            }
            else if (!_media.TryGet(target, out var media, out var reason) || !calls.TryFallBack(_goOn ?? request, app, target, mustStream, media, out call, out reason))
            {
                passedOver(target.Provider, reason);
            }
            else if (mayKeep && !call.Streams)
            {
                kept.Add(target);
                call = null;
            }
        }

        _fallbacks = [.. kept, .. line.Skip(next)];
        _keysTried = call is null ? _keysTried : 0;
        return call is not null;
    }
}
