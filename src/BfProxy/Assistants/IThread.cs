using BfProxy.Forwarding;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary>A thread with a run on it: kept by the provider, or by us.</summary>
internal interface IThread
{
    string Id { get; }

    /// <summary>What the run asks first.</summary>
    ChatRequest Request { get; }

    /// <summary>A round is about to be asked.</summary>
    void Asked(ProviderCall call);

    /// <summary>Whether a round that was refused is to be asked again.</summary>
    ValueTask<bool> AgainAsync(BfError refusal, int tries, CancellationToken cancellationToken);

    /// <summary>The run is over: what it said is in the thread when this returns, however it ended. One that no provider accepted leaves the thread as it was.</summary>
    Task CloseAsync(ToolLoop loop, RunOutput output, bool wasAccepted);
}
