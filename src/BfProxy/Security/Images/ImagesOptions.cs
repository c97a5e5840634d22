using System.ComponentModel.DataAnnotations;

namespace BfProxy.Security.Images;

/// <summary><c>BfProxy:Images</c>: images and documents that requests name by their address, fetched for providers that take them as data only.</summary>
internal sealed class ImagesOptions
{
    public const string Section = "BfProxy:Images";

    /// <summary>Where they may be fetched from; empty turns fetching off.</summary>
    public List<string> AllowedHosts { get; init; } = [];

    /// <summary>Networks that may be fetched from though they are not public.</summary>
    public List<string> AllowedNetworks { get; init; } = [];

    /// <summary>Most bytes of one.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBytes { get; init; } = 5 * 1024 * 1024;

    /// <summary>Most of one request.</summary>
    [Range(1, 100)]
    public int MaxCount { get; init; } = 8;

    /// <summary>How often one may be redirected; each step is checked like the first.</summary>
    [Range(0, 10)]
    public int MaxRedirects { get; init; } = 3;

    /// <summary>For one, redirects and all of its bytes included.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
