namespace BfProxy.Routing;

/// <summary>One entry of <c>Fallbacks</c>: who is asked where a provider fails before its first token.</summary>
internal sealed class Fallback
{
    /// <summary>Name of the provider.</summary>
    public string Provider { get; init; } = "";

    /// <summary>Model or alias there; default: its <c>DefaultModel</c>.</summary>
    public string? Model { get; init; }
}
