namespace BfProxy.Resilience;

/// <summary>What an attempt says of the destination that it was made at.</summary>
internal enum Verdict
{
    /// <summary>It answers, be it with a refusal.</summary>
    Fine,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>We ended the attempt before it could tell.</summary>
    Unknown,
}
