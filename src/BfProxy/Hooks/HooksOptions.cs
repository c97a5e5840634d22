namespace BfProxy.Hooks;

/// <summary><c>BfProxy:Apps:&lt;name&gt;:Hooks</c>.</summary>
internal sealed class HooksOptions
{
    /// <summary>Name of the section within an app's.</summary>
    public const string Section = "Hooks";

    /// <summary>Runs the tools that a model calls.</summary>
    public HookOptions? Tools { get; init; }

    /// <summary>Hears what visitors send to channels of mode <c>listen</c> and <c>receive</c>.</summary>
    public HookOptions? Messages { get; init; }
}
