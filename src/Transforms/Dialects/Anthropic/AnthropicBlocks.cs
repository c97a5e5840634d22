using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>The content blocks of one message: its calls, and text and thoughts too where the turn is to be sent back.</summary>
internal sealed class AnthropicBlocks
{
    private readonly List<KeyValuePair<long, AnthropicBlock>> _blocks = [];

    public bool HasCalls => _blocks.Exists(static block => block.Value.IsCall);

    /// <summary>False where an answer that was cut short left a call that cannot be run.</summary>
    public bool AreWhole => _blocks.TrueForAll(static block => !block.Value.IsCall || block.Value.IsWhole);

    public IReadOnlyList<ToolCall> ToCalls() => [.. _blocks.Where(static block => block.Value.IsCall).Select(static block => block.Value.ToCall())];

    /// <summary>Begins a block.</summary>
    /// <param name="index">Its number in the stream.</param>
    /// <param name="type">Inside of the string that names its kind; kinds that are unknown here are left out.</param>
    /// <param name="start">Raw object that starts it.</param>
    /// <param name="all">Whether to keep more than calls.</param>
    public void Start(long index, ReadOnlySpan<byte> type, ReadOnlySpan<byte> start, bool all)
    {
        var kind = Encoding.UTF8.GetString(type);
        var isKept = kind == AnthropicBlock.ToolUse
            || (all && kind is AnthropicBlock.Text or AnthropicBlock.Thinking or AnthropicBlock.RedactedThinking);
        if (isKept)
        {
            _blocks.Add(new(index, new AnthropicBlock(kind, start.ToArray())));
        }
    }

    /// <summary>The block of this number; null where it is not kept.</summary>
    public AnthropicBlock? Find(long index)
    {
        for (var i = _blocks.Count - 1; i >= 0; i--)
        {
            if (_blocks[i].Key == index)
            {
                return _blocks[i].Value;
            }
        }

        return null;
    }

    /// <summary>Writes the blocks as an array.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var (_, block) in _blocks)
        {
            block.Write(writer);
        }

        writer.WriteEndArray();
    }
}
