using System.ComponentModel.DataAnnotations;

namespace BfProxy.Hooks;

/// <summary><c>BfProxy:Apps:&lt;name&gt;:Hooks:Tools</c> or <c>:Messages</c>: an address of the back end that is called with signed JSON.</summary>
internal sealed class HookOptions
{
    /// <summary>Where the call is POSTed to.</summary>
    [Required]
    public string Url { get; init; } = "";

    /// <summary>Signs the calls; the receiver knows it too.</summary>
    [Required]
    public string Secret { get; init; } = "";

    /// <summary>Headers that every call carries.</summary>
    public Dictionary<string, string> Headers { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>For one try, its whole answer included; and for the wait for a turn.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Further tries where the hook could not be reached, did not answer in time, or said 408, 429 or 5xx.</summary>
    [Range(0, 10)]
    public int Retries { get; init; }

    /// <summary>Calls that run at the same time.</summary>
    [Range(1, 1024)]
    public int Concurrency { get; init; } = 16;

    /// <summary>Most bytes of an answer.</summary>
    [Range(16, 64 * 1024 * 1024)]
    public int MaxResponseBytes { get; init; } = 1024 * 1024;
}
