namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>What a later chunk's value does to an earlier one of the same place. Null never undoes a value, and objects always merge by member.</summary>
internal enum MergeRule
{
    /// <summary>The last one stands, unless it is an empty string.</summary>
    Replace,

    /// <summary>Strings are concatenated and arrays appended, as in a delta.</summary>
    Grow,
}
