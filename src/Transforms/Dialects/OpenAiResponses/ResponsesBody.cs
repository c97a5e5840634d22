using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>The response object that the first and the last events carry. Spans are slices of it; what is missing is empty.</summary>
internal ref struct ResponsesBody
{
    private readonly ReadOnlySpan<byte> _json;

    private ResponsesBody(ReadOnlySpan<byte> json) => _json = json;

    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> Model { get; private set; }

    /// <summary>Seconds since 1970.</summary>
    public long? CreatedAt { get; private set; }

    /// <summary>Raw usage object.</summary>
    public ReadOnlySpan<byte> Usage { get; private set; }

    /// <summary>Raw object that tells why the response failed.</summary>
    public ReadOnlySpan<byte> Error { get; private set; }

    /// <summary>Raw array of output items.</summary>
    public ReadOnlySpan<byte> Output { get; private set; }

    /// <summary>Inside of the string that tells why the response is incomplete.</summary>
    public ReadOnlySpan<byte> IncompleteReason { get; private set; }

    /// <summary>Reads a raw object.</summary>
    public static ResponsesBody Read(ReadOnlySpan<byte> json)
    {
        var body = new ResponsesBody(json);
        var reader = JsonTokens.Open(json);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            body.ReadMember(ref reader);
        }

        return body;
    }

    private void ReadMember(scoped ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.SequenceEqual("id"u8))
        {
            Id = JsonTokens.TakeText(ref reader);
        }
        else if (reader.ValueSpan.SequenceEqual("model"u8))
        {
            Model = JsonTokens.TakeText(ref reader);
        }
        else if (reader.ValueSpan.SequenceEqual("created_at"u8))
        {
            CreatedAt = JsonTokens.TakeInteger(ref reader);
        }
        else
        {
            var name = reader.ValueSpan;
            KeepRaw(name, JsonTokens.TakeValue(ref reader, _json));
        }
    }

    private void KeepRaw(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value[0] == '[' && name.SequenceEqual("output"u8))
        {
            Output = value;
        }
        else if (value[0] != '{')
        {
            return;
        }
        else if (name.SequenceEqual("usage"u8))
        {
            Usage = value;
        }
        else if (name.SequenceEqual("error"u8))
        {
            Error = value;
        }
        else if (name.SequenceEqual("incomplete_details"u8))
        {
            IncompleteReason = ReasonOf(value);
        }
    }

    private static ReadOnlySpan<byte> ReasonOf(ReadOnlySpan<byte> details)
    {
        var reader = JsonTokens.Open(details);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("reason"u8))
            {
                return JsonTokens.TakeText(ref reader);
            }

            JsonTokens.TakeValue(ref reader, details);
        }

        return default;
    }
}
