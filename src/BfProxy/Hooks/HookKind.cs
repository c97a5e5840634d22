namespace BfProxy.Hooks;

/// <summary>What a back end is called for.</summary>
internal enum HookKind
{
    /// <summary>To run a tool that the model called.</summary>
    Tools,

    /// <summary>To hear what visitors send to channels.</summary>
    Messages,
}
