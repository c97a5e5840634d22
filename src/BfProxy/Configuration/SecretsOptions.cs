namespace BfProxy.Configuration;

/// <summary>Keys of <c>BfProxy</c> itself that say where secrets are.</summary>
internal sealed class SecretsOptions
{
    /// <summary>A folder whose files are named after configuration keys and hold their values (<c>BfProxy__Providers__openai__ApiKey</c>).</summary>
    public string? SecretsFolder { get; init; }
}
