using System.Text.Json;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Sessions;

/// <summary>What a visitor's client sent.</summary>
internal sealed class SessionBody(JsonElement root, BfEnvelope? envelope, RequestBody bytes) : IDisposable
{
    /// <summary>An object; lives as long as this.</summary>
    public JsonElement Root => root;

    public void Dispose()
    {
        envelope?.Dispose();
        bytes.Dispose();
    }
}
