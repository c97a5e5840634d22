namespace BfProxy.Hooks;

/// <summary>Why a hook call gave no answer.</summary>
internal enum HookFailure
{
    /// <summary>It did give one.</summary>
    None,

    /// <summary>The app has no hook of this kind.</summary>
    NotConfigured,

    /// <summary>Too many calls wait for their turn, or this one did for too long; nothing was sent.</summary>
    Busy,

    /// <summary>No whole answer within the hook's timeout.</summary>
    Timeout,

    /// <summary>No connection, or one that broke.</summary>
    Unreachable,

    /// <summary>An answer other than 2xx; redirects are not followed.</summary>
    Status,

    /// <summary>An answer of more than <c>MaxResponseBytes</c>.</summary>
    TooLarge,

    /// <summary>An answer that is neither JSON nor declared as plain text: a page of HTML, say.</summary>
    NotAnAnswer,
}
