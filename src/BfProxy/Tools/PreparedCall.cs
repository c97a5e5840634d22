using BfProxy.Transforms.Contract;

namespace BfProxy.Tools;

/// <summary>A call about to be run.</summary>
/// <param name="Call">As the model made it.</param>
/// <param name="Id">Its id for pages and back ends, 128 random bits; the provider's own id is not for them.</param>
/// <param name="Waiting">Where a page is to answer.</param>
/// <param name="Refusal">Why it is not run at all, else null.</param>
internal sealed record PreparedCall(ToolCall Call, string Id, PendingCall? Waiting, string? Refusal);
