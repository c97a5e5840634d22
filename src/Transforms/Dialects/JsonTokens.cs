using System.Text.Json;
using System.Text.Unicode;

namespace BfProxy.Transforms.Dialects;

/// <summary>Small steps over one whole JSON text. All but <see cref="IsObject"/> want text that is known to be well formed.</summary>
internal static class JsonTokens
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    public static Utf8JsonReader Open(ReadOnlySpan<byte> json) => new(json, Options);

    /// <summary>Whether this is one well-formed JSON object in valid UTF-8 and nothing else.</summary>
    public static bool IsObject(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        var reader = Open(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Moves to the next member of the object whose start or last value the reader stands on, and onto its name. False at the object's end.</summary>
    public static bool NextMember(scoped ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Moves to the next element of the array whose start or last element the reader stands on. False at the array's end.</summary>
    public static bool NextElement(scoped ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>Steps from a name over its value, or over the value that the reader stands on, and gives the value's own bytes.</summary>
    public static ReadOnlySpan<byte> TakeValue(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    /// <summary>Steps from a name over its value; gives the inside of a string, and nothing for any other value.</summary>
    public static ReadOnlySpan<byte> TakeText(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.ValueSpan;
        }

        reader.Skip();
        return default;
    }

    /// <summary>Steps from a name over its value; gives a whole number, and null for any other value.</summary>
    public static long? TakeInteger(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetInt64(out var integer) ? integer : reader.TryGetDouble(out var real) && Math.Abs(real) < long.MaxValue ? (long)real : null;
        }

        reader.Skip();
        return null;
    }

    /// <summary>The inside of a string value as <see cref="TakeValue"/> gave it; nothing for any other value.</summary>
    public static ReadOnlySpan<byte> InsideOf(ReadOnlySpan<byte> value) => value is [(byte)'"', .. var inside, (byte)'"'] ? inside : default;

    /// <summary>What a script would take for true: everything but null, false, zero and the empty string. A missing value is false.</summary>
    public static bool IsTruthy(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && !value.SequenceEqual("null"u8) && !value.SequenceEqual("false"u8) && !value.SequenceEqual("0"u8) && !value.SequenceEqual("\"\""u8);
}
