using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>Whether a refused call is to be sent again. May wait first, and put right what the provider refused.</summary>
/// <param name="refusal">What the provider said.</param>
/// <param name="tries">How often the call was sent.</param>
/// <param name="cancellationToken">Cancelled when the stream is stopped, runs out of time or is drained.</param>
internal delegate ValueTask<bool> RoundAgain(BfError refusal, int tries, CancellationToken cancellationToken);
