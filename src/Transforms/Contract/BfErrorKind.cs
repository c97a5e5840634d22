namespace BfProxy.Transforms.Contract;

/// <summary>Kinds of failure that callers of a dialect decide on (retry, fall back, give up).</summary>
public enum BfErrorKind
{
    /// <summary>The request itself is wrong; the same request fails again anywhere.</summary>
    BadRequest,

    /// <summary>The provider did not accept the key.</summary>
    Authentication,

    /// <summary>The key may not do this.</summary>
    Permission,

    /// <summary>The model (or another thing named) does not exist there.</summary>
    NotFound,

    /// <summary>Too many requests or tokens for now; may be tried again.</summary>
    RateLimit,

    /// <summary>Quota or credit is used up; trying again does not help.</summary>
    Quota,

    /// <summary>The provider is overloaded; may be tried again.</summary>
    Overloaded,

    /// <summary>The provider failed, or was not reached.</summary>
    Server,

    /// <summary>A clock ran out.</summary>
    Timeout,

    /// <summary>The stream ended without the provider's own end.</summary>
    Truncated,

    /// <summary>What came is not what the provider's format says.</summary>
    Malformed,

    /// <summary>A limit of ours was passed (size of a frame, of the response).</summary>
    TooLarge,

    /// <summary>The provider was not asked at all: it failed too often just before.</summary>
    BreakerOpen,
}
