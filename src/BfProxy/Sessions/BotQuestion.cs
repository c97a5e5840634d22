using BfProxy.Forwarding;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Sessions;

/// <summary>What a bot asks, with the memory that it may have to be written from for another provider.</summary>
internal sealed class BotQuestion(ProviderCall call, AttemptPlan? plan, BfEnvelope envelope, ArrayPoolBufferWriter<byte> json) : IDisposable
{
    public ProviderCall Call => call;

    /// <summary>What else may be tried; null where nothing is configured.</summary>
    public AttemptPlan? Plan => plan;

    public void Dispose()
    {
        envelope.Dispose();
        json.Dispose();
    }
}
