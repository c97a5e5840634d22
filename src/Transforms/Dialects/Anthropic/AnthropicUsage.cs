using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>
/// Token counts of one stream. The message's start counts the prompt and guesses the answer, its delta counts both so far; some servers leave the prompt's
/// count at zero in one of the two. All only grow, so the greatest of each stands.
/// </summary>
internal sealed class AnthropicUsage
{
    private readonly ArrayBufferWriter<byte> _json = new();
    private long _input;
    private long _cacheWritten;
    private long _cacheRead;
    private long _output;
    private long _thinking;
    private bool _any;

    public Usage? Value => _any ? new Usage(_input + _cacheWritten + _cacheRead, _output, _cacheRead, _thinking) : null;

    /// <summary>Adds a raw <c>usage</c> object.</summary>
    public void Merge(ReadOnlySpan<byte> usage)
    {
        _any = true;
        var reader = JsonTokens.Open(usage);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            MergeMember(ref reader, usage);
        }
    }

    /// <summary>The counts as OpenAI's usage object; empty where none were reported.</summary>
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

    private void MergeMember(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> usage)
    {
        if (reader.ValueSpan.SequenceEqual("input_tokens"u8))
        {
            Raise(ref _input, ref reader);
        }
        else if (reader.ValueSpan.SequenceEqual("cache_creation_input_tokens"u8))
        {
            Raise(ref _cacheWritten, ref reader);
        }
        else if (reader.ValueSpan.SequenceEqual("cache_read_input_tokens"u8))
        {
            Raise(ref _cacheRead, ref reader);
        }
        else if (reader.ValueSpan.SequenceEqual("output_tokens"u8))
        {
            Raise(ref _output, ref reader);
        }
        else
        {
            var isDetails = reader.ValueSpan.SequenceEqual("output_tokens_details"u8);
            var value = JsonTokens.TakeValue(ref reader, usage);
            if (isDetails && value[0] == '{')
            {
                MergeDetails(value);
            }
        }
    }

    private void MergeDetails(ReadOnlySpan<byte> details)
    {
        var reader = JsonTokens.Open(details);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("thinking_tokens"u8))
            {
                Raise(ref _thinking, ref reader);
            }
            else
            {
                JsonTokens.TakeValue(ref reader, details);
            }
        }
    }

    private static void Raise(ref long count, scoped ref Utf8JsonReader reader) => count = Math.Max(count, JsonTokens.TakeInteger(ref reader) ?? 0);
}
