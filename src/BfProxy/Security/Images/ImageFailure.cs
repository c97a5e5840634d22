namespace BfProxy.Security.Images;

/// <summary>Why something was not fetched.</summary>
internal enum ImageFailure
{
    None,

    /// <summary>Configuration does not allow the host, port or scheme.</summary>
    HostNotAllowed,

    /// <summary>The host is allowed, and leads to an address that is not public.</summary>
    AddressNotAllowed,

    /// <summary>It was redirected to where it may not be fetched from, too often, or from https to http.</summary>
    Redirected,

    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>Not all of it came in time.</summary>
    Timeout,

    /// <summary>The answer was no 200.</summary>
    BadStatus,

    /// <summary>It is not of a type that is taken, by what the server says or by its first bytes.</summary>
    WrongType,

    TooLarge,
}
