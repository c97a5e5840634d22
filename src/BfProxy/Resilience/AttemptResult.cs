using BfProxy.Transforms.Contract;

namespace BfProxy.Resilience;

/// <summary>What one attempt came to.</summary>
/// <param name="Error">Why it failed; null where it did not.</param>
/// <param name="MayRepeat">Whether the same call may be made again: nothing of its answer was seen, and nobody ended it.</param>
internal readonly record struct AttemptResult(BfError? Error, bool MayRepeat);
