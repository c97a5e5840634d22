using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>A JSON value that grows from the values that the chunks of a stream carry in its place.</summary>
internal abstract class MergedNode
{
    public abstract void Write(Utf8JsonWriter writer);

    /// <summary>Makes the node for a first value.</summary>
    /// <param name="value">Raw JSON.</param>
    /// <param name="rule">What later values do to it.</param>
    public static MergedNode From(ReadOnlySpan<byte> value, MergeRule rule)
    {
        MergedNode node = value[0] switch
        {
            (byte)'{' => new MergedObject(),
            (byte)'[' when rule == MergeRule.Grow => new MergedArray(),
            (byte)'"' when rule == MergeRule.Grow => new MergedText(),
            _ => new MergedRaw(),
        };
        node.Merge(value, rule);
        return node;
    }

    /// <summary>Whether <see cref="Merge"/> can take this value.</summary>
    public abstract bool Takes(ReadOnlySpan<byte> value);

    /// <summary>Adds a later value of the same place.</summary>
    public abstract void Merge(ReadOnlySpan<byte> value, MergeRule rule);
}
