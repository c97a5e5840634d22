using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>What a provider answered to a plain request.</summary>
/// <param name="Body">JSON; of no use with an error.</param>
/// <param name="Error">Why there is no answer, else null.</param>
internal sealed record ProviderReply(ReadOnlyMemory<byte> Body, BfError? Error);
