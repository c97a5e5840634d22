using System.Buffers;
using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>One call as it grows from fragments.</summary>
internal sealed class OpenAiToolCall
{
    // Escaped as sent: a surrogate pair may be split over two fragments.
    private readonly ArrayBufferWriter<byte> _arguments = new();
    private string _name = "";
    private string? _id;
    private string? _thoughtSignature;

    /// <summary>Whether the arguments, which OpenAI never leaves out, are one JSON text.</summary>
    public bool HasWholeArguments => _arguments.WrittenCount > 0 && IsJson(Encoding.UTF8.GetBytes(Arguments));

    private string Arguments => _arguments.WrittenCount == 0 ? "{}" : StringBody.Unescape(_arguments.WrittenSpan);

    public ToolCall ToCall() => new(_id ??= MadeIds.New(MadeIds.CallPrefix), _name, Arguments, _thoughtSignature);

    /// <summary>Adds a fragment: an element of <c>tool_calls</c>.</summary>
    public void Merge(ReadOnlySpan<byte> fragment)
    {
        var reader = JsonTokens.Open(fragment);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("id"u8))
            {
                var id = JsonTokens.TakeText(ref reader);
                _id ??= id.IsEmpty ? null : StringBody.Unescape(id);
            }
            else if (reader.ValueSpan.SequenceEqual("function"u8) || reader.ValueSpan.SequenceEqual("custom"u8))
            {
                MergeFunction(JsonTokens.TakeValue(ref reader, fragment));
            }
            else if (reader.ValueSpan.SequenceEqual("extra_content"u8))
            {
                _thoughtSignature ??= FindSignature(JsonTokens.TakeValue(ref reader, fragment));
            }
            else
            {
                JsonTokens.TakeValue(ref reader, fragment);
            }
        }
    }

    /// <summary>Adds a fragment's function: name and a piece of the arguments. The older form of a call is this object alone.</summary>
    public void MergeFunction(ReadOnlySpan<byte> function)
    {
        var reader = JsonTokens.Open(function);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("name"u8))
            {
                MergeName(JsonTokens.TakeText(ref reader));
            }
            else if (reader.ValueSpan.SequenceEqual("arguments"u8) || reader.ValueSpan.SequenceEqual("input"u8))
            {
                MergeArguments(JsonTokens.TakeValue(ref reader, function));
            }
            else
            {
                JsonTokens.TakeValue(ref reader, function);
            }
        }
    }

    private void MergeName(ReadOnlySpan<byte> name)
    {
        // Some providers repeat the name in each fragment.
        var text = StringBody.Unescape(name);
        _name = text == _name ? _name : _name + text;
    }

    private void MergeArguments(ReadOnlySpan<byte> value)
    {
        // Some providers send the object itself instead of its text.
        var escaped = value[0] == '{' ? JsonEncodedText.Encode(value).EncodedUtf8Bytes : JsonTokens.InsideOf(value);
        _arguments.Write(escaped);
    }

    // Google's compatible endpoint: extra_content.google.thought_signature.
    private static string? FindSignature(ReadOnlySpan<byte> extra)
    {
        var reader = JsonTokens.Open(extra);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueSpan.SequenceEqual("thought_signature"u8))
            {
                var signature = JsonTokens.TakeText(ref reader);
                return signature.IsEmpty ? null : StringBody.Unescape(signature);
            }
        }

        return null;
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = JsonTokens.Open(text);
        try
        {
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
}
