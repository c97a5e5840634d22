using BfProxy.Transforms.Contract;

namespace BfProxy.Security;

/// <summary>An authenticated BF request.</summary>
internal sealed class BfCall(App app, bool hasKey, BfEnvelope envelope, RequestBody body) : IDisposable
{
    public App App { get; } = app;

    /// <summary>Whether the request brought the app's key, where that is optional.</summary>
    public bool HasKey { get; } = hasKey;

    public BfEnvelope Envelope { get; } = envelope;

    public void Dispose()
    {
        Envelope.Dispose();
        body.Dispose();
    }
}
