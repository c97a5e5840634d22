using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BfProxy.Transforms.Dialects;

/// <summary>
/// What a provider said in an error: <c>{"error":{…}}</c>, the same in an array, <c>{"error":"…"}</c>, or the members without <c>error</c> around them.
/// A body that was cut gives what came before the cut; one that is not JSON gives its text, if it is for people.
/// </summary>
internal ref struct ErrorBody
{
    private const int MaxPlainText = 500;

    public string? Message { get; private set; }

    public string? Type { get; private set; }

    /// <summary>The code as text, whether it was sent as a string or as a number.</summary>
    public string? Code { get; private set; }

    /// <summary>A status in words, such as <c>UNAVAILABLE</c>.</summary>
    public string? Status { get; private set; }

    /// <summary>The code where it is an HTTP status of a failure, else null.</summary>
    public int? HttpStatus { get; private set; }

    /// <summary>Raw JSON of <c>details</c>; empty where none came whole.</summary>
    public ReadOnlySpan<byte> Details { get; private set; }

    public static ErrorBody Read(ReadOnlySpan<byte> body)
    {
        var error = default(ErrorBody);
        body = TrimStart(body);
        if (body is not [(byte)'{' or (byte)'[' or (byte)'"', ..])
        {
            error.Message = PlainText(body);
            return error;
        }

        var reader = new Utf8JsonReader(body, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = 128 }));
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
            {
            }

            error.ReadValue(ref reader, body);
        }
        catch (JsonException)
        {
            // Whatever was read before the fault is still the provider's word.
        }

        return error;
    }

    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> body)
    {
        body = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        return body.Trim(" \t\r\n"u8);
    }

    private static string? PlainText(ReadOnlySpan<byte> body) =>
        body is [] or [(byte)'<', ..] ? null : Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxPlainText)]);

    private void ReadValue(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            Message ??= StringBody.Unescape(reader.ValueSpan);
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (JsonTokens.NextMember(ref reader) && ReadMember(ref reader, json))
            {
            }
        }
    }

    private bool ReadMember(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var name = reader.ValueSpan;
        if (!reader.Read())
        {
            return false;
        }

        if (name.SequenceEqual("error"u8))
        {
            ReadValue(ref reader, json);
            return true;
        }

        var start = (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
        {
            return false;
        }

        Keep(name, json[start..(int)reader.BytesConsumed]);
        return true;
    }

    private void Keep(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("message"u8) || name.SequenceEqual("detail"u8))
        {
            Message = Text(value) ?? Message;
        }
        else if (name.SequenceEqual("type"u8))
        {
            // Anthropic and OpenAI's Responses call the frame itself an error.
            Type = Text(value) is { } type and not "error" ? type : Type;
        }
        else if (name.SequenceEqual("status"u8) || name.SequenceEqual("code"u8))
        {
            KeepCode(name, value);
        }
        else if (name.SequenceEqual("details"u8))
        {
            Details = value;
        }
    }

    private void KeepCode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var text = Text(value);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 400 and <= 599)
        {
            HttpStatus = number;
        }

        if (name.SequenceEqual("code"u8))
        {
            Code = text ?? Code;
        }
        else
        {
            Status = text ?? Status;
        }
    }

    private static string? Text(ReadOnlySpan<byte> value) => value switch
    {
        [(byte)'"', (byte)'"'] => null,
        [(byte)'"', .. var inside, (byte)'"'] => StringBody.Unescape(inside),
        [>= (byte)'0' and <= (byte)'9', ..] => Encoding.UTF8.GetString(value),
        _ => null,
    };
}
