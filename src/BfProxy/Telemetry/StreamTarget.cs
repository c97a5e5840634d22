namespace BfProxy.Telemetry;

/// <summary>Which provider and model a stream asks, as telemetry names them.</summary>
/// <param name="Provider">The provider's name in the configuration.</param>
/// <param name="Dialect">The dialect's name.</param>
/// <param name="Model">The real model.</param>
/// <param name="IsKnownModel">Whether the configuration names it; what a caller made up is not shown.</param>
internal readonly record struct StreamTarget(string Provider, string Dialect, string Model, bool IsKnownModel)
{
    /// <summary>The provider by the GenAI conventions, which have a name of their own for Gemini.</summary>
    public string ProviderName => Dialect == "gemini" ? "gcp.gemini" : Provider;

    public string ShownModel => IsKnownModel ? Model : "other";
}
