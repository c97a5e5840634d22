using BfProxy.Transforms.Contract;

namespace BfProxy.Security;

/// <summary>An authenticated BF request.</summary>
internal sealed class BfCall(App app, BfEnvelope envelope, RequestBody body) : IDisposable
{
    public App App { get; } = app;

    public BfEnvelope Envelope { get; } = envelope;

    public void Dispose()
    {
        Envelope.Dispose();
        body.Dispose();
    }
}
