using System.Text.Json;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Pipeline;

/// <summary>
/// The start of a response in which no frame was found yet. A provider (or a proxy before it) may answer 200 with HTML or with a plain JSON error;
/// the scanner sees only lines of unknown fields there. Nothing is kept of a stream whose first read holds a frame.
/// </summary>
internal struct UnframedBody : IDisposable
{
    // A JSON error is smaller; of other bodies only the first line counts.
    private const int MaxKept = 64 * 1024;

    private PooledBytes _bytes;

    public void Append(ReadOnlySpan<byte> bytes) => _bytes.Append(bytes[..Math.Min(bytes.Length, MaxKept - _bytes.Length)]);

    /// <summary>Whether the first line is none of an event stream, however much of it came.</summary>
    public readonly bool IsForeign()
    {
        var text = Text();
        if (text is [] or [(byte)':', ..])
        {
            return false;
        }

        var end = text.IndexOfAny(": \r\n"u8);
        var name = end < 0 ? text : text[..end];
        return !("data"u8.StartsWith(name) || "event"u8.StartsWith(name) || "id"u8.StartsWith(name) || "retry"u8.StartsWith(name));
    }

    /// <summary>Finds an object with a member <c>error</c>, alone or first in an array.</summary>
    public readonly bool TryFindError(out ReadOnlySpan<byte> json)
    {
        json = default;
        var text = Text();
        var reader = new Utf8JsonReader(text, isFinalBlock: true, state: default);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Read();
            }

            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType != JsonTokenType.StartObject || !HasError(ref reader))
            {
                return false;
            }

            json = text[start..(int)reader.BytesConsumed];
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public void Dispose() => _bytes.Dispose();

    private readonly ReadOnlySpan<byte> Text()
    {
        var text = _bytes.Written;
        return (text.StartsWith(SseGrammar.Bom) ? text[SseGrammar.Bom.Length..] : text).Trim(" \t\r\n"u8);
    }

    private static bool HasError(ref Utf8JsonReader reader)
    {
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var named = reader.ValueSpan.SequenceEqual("error"u8);
            reader.Read();
            found |= named && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.String;
            reader.Skip();
        }

        return found;
    }
}
