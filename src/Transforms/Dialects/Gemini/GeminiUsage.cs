using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Running totals of one stream. Each report overwrites what it names; a chunk without a count does not undo an earlier one.</summary>
internal sealed class GeminiUsage
{
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly long[] _counts = new long[Enum.GetValues<GeminiCount>().Length];
    private readonly List<GeminiCount> _learned = [];
    private bool _any;

    public Usage? Value => _any
        ? new Usage(
            this[GeminiCount.Prompt] + this[GeminiCount.ToolUsePrompt],
            this[GeminiCount.Candidates] + this[GeminiCount.Thoughts],
            this[GeminiCount.Cached],
            this[GeminiCount.Thoughts])
        : null;

    private long this[GeminiCount count] => _counts[(int)count];

    /// <summary>Adds a raw <c>usageMetadata</c> object.</summary>
    public void Merge(ReadOnlySpan<byte> usage)
    {
        _any = true;
        var reader = JsonTokens.Open(usage);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            ref var count = ref _counts[(int)CountOf(ref reader)];
            count = JsonTokens.TakeInteger(ref reader) ?? count;
        }
    }

    /// <summary>Lists the places of the numbers in a raw <c>usageMetadata</c> object, which is a slice of <paramref name="frame"/>, or empty.</summary>
    public void FindHoles(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> usage, List<FrameHole> holes)
    {
        _learned.Clear();
        var count = GeminiCount.Other;
        var reader = JsonTokens.Open(usage);
        while (!usage.IsEmpty && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                count = reader.CurrentDepth == 1 ? CountOf(ref reader) : GeminiCount.Other;
            }
            else if (reader.TokenType == JsonTokenType.Number && !reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                _learned.Add(count);
                holes.Add(FrameHole.Of(frame, reader.ValueSpan, FrameHoleKind.Number));
            }
        }
    }

    /// <summary>Adds the numbers that stood in the places found last.</summary>
    public void Merge(ReadOnlySpan<long> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            _counts[(int)_learned[i]] = numbers[i];
        }
    }

    /// <summary>The totals as OpenAI's usage object; empty where none were reported.</summary>
    public ReadOnlySpan<byte> ToJson()
    {
        if (Value is not { } usage)
        {
            return default;
        }

        _json.ResetWrittenCount();
        UsageJson.Write(_json, usage);
        return _json.WrittenSpan;
    }

    private static GeminiCount CountOf(scoped ref Utf8JsonReader name)
    {
        if (name.ValueSpan.SequenceEqual("promptTokenCount"u8))
        {
            return GeminiCount.Prompt;
        }

        if (name.ValueSpan.SequenceEqual("candidatesTokenCount"u8))
        {
            return GeminiCount.Candidates;
        }

        if (name.ValueSpan.SequenceEqual("thoughtsTokenCount"u8))
        {
            return GeminiCount.Thoughts;
        }

        if (name.ValueSpan.SequenceEqual("cachedContentTokenCount"u8))
        {
            return GeminiCount.Cached;
        }

        return name.ValueSpan.SequenceEqual("toolUsePromptTokenCount"u8) ? GeminiCount.ToolUsePrompt : GeminiCount.Other;
    }
}
