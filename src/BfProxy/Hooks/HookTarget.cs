using System.Text;

namespace BfProxy.Hooks;

/// <summary>One hook of one app, as configured; immutable.</summary>
internal sealed record HookTarget(string App, HookKind Kind, Uri Url, byte[] Secret, HookOptions Options)
{
    public HookTarget(string app, HookKind kind, Uri url, HookOptions options)
        : this(app, kind, url, Encoding.UTF8.GetBytes(options.Secret), options)
    {
    }
}
