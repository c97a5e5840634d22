namespace BfProxy.Transforms.Contract;

/// <summary>How much token counts are to be trusted.</summary>
public enum UsageSource
{
    /// <summary>The provider's own, for the whole answer.</summary>
    Reported,

    /// <summary>The provider's own, up to where the answer broke off; what it had said by then is estimated where that is more.</summary>
    Partial,

    /// <summary>Reckoned from the length of request and answer.</summary>
    Estimated,
}
