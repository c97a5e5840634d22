namespace BfProxy.Configuration;

/// <summary><c>BfProxy:Surfaces</c>: which of our surfaces this process has. Read once, at start; the paths of what is off go to the operator's routes.</summary>
internal sealed class SurfacesOptions
{
    public const string Section = "BfProxy:Surfaces";

    /// <summary><c>/stream/create</c>.</summary>
    public bool Streaming { get; init; } = true;

    /// <summary><c>/llm/…</c>.</summary>
    public bool LlmQuery { get; init; } = true;

    /// <summary><c>/message/…</c>.</summary>
    public bool Messaging { get; init; } = true;

    /// <summary>The session surface of Typebot.</summary>
    public bool Typebot { get; init; } = true;

    /// <summary>The page to try it all.</summary>
    public bool Playground { get; init; } = true;

    /// <summary><c>/health/…</c>.</summary>
    public bool Operations { get; init; } = true;
}
