using BfProxy.Resilience;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Routing;

/// <summary>Which destination of its provider one attempt goes to. A feature of the attempt's request; exists only where there is something to choose by.</summary>
/// <param name="provider">Who is asked.</param>
/// <param name="avoided">Where the stream has failed before; asked again only where nothing else is left.</param>
/// <param name="judge">Says, when the attempt is over, what it tells of the destination.</param>
internal sealed class DestinationChoice(Provider provider, IReadOnlyCollection<DestinationState> avoided, Func<HttpContext, Verdict> judge)
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Provider Provider => provider;

    public IReadOnlyCollection<DestinationState> Avoided => avoided;

    /// <summary>Where the attempt went.</summary>
    public DestinationState? Destination { get; set; }

    /// <summary>Where the attempt was turned away, because another one is the probe.</summary>
    public List<DestinationState>? TurnedAway { get; private set; }

    /// <summary>How long no destination is asked; null where one was.</summary>
    public TimeSpan? BlockedFor { get; set; }

    /// <summary>Ends with the first content of the answer, which says enough: the rest may take long.</summary>
    public Task Answered => _answered.Task;

    /// <summary>The first content came.</summary>
    public void Answer() => _answered.TrySetResult();

    public Verdict Judge(HttpContext context) => _answered.Task.IsCompleted ? Verdict.Fine : judge(context);

    /// <summary>The destination took no attempt.</summary>
    public void TurnAway()
    {
        (TurnedAway ??= []).Add(Destination!);
        Destination = null;
    }
}
