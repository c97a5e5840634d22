using BfProxy.Transforms.Contract;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Forwarding;

/// <summary>What became of one attempt.</summary>
/// <param name="Error">Why there is no answer; its reader may know more.</param>
/// <param name="Cause">Why we ended it, alone or with its stream.</param>
/// <param name="Destination">Where it went, as far as that was chosen.</param>
internal readonly record struct AttemptOutcome(BfError? Error, EndCause Cause = EndCause.None, DestinationState? Destination = null);
