namespace BfProxy.Security;

/// <summary>Why a channel token is refused.</summary>
internal enum TokenFault
{
    None,

    /// <summary>The app has no secret, so nobody can have a token for it.</summary>
    NoSecret,

    /// <summary>It is none, or not one of this app and host.</summary>
    Wrong,

    /// <summary>It was good; its page needs a new one.</summary>
    Expired,
}
