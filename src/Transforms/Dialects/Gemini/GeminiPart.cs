using System.Text;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>One part of a candidate's content. Spans are slices of the frame; what is missing is empty.</summary>
internal ref struct GeminiPart
{
    private ReadOnlySpan<byte> _thoughtSignature;

    /// <summary>Inside of the text's string.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>Raw object of a call.</summary>
    public ReadOnlySpan<byte> FunctionCall { get; private set; }

    /// <summary>Whether the part is thinking, which is not for the caller.</summary>
    public bool IsThought { get; private set; }

    /// <summary>Reads the raw object of a part.</summary>
    public static GeminiPart Read(ReadOnlySpan<byte> json)
    {
        var part = default(GeminiPart);
        var reader = JsonTokens.Open(json);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("text"u8))
            {
                part.Text = JsonTokens.TakeText(ref reader);
            }
            else if (reader.ValueSpan.SequenceEqual("thought"u8))
            {
                part.IsThought = JsonTokens.TakeValue(ref reader, json).SequenceEqual("true"u8);
            }
            else if (reader.ValueSpan.SequenceEqual("thoughtSignature"u8))
            {
                part._thoughtSignature = JsonTokens.TakeText(ref reader);
            }
            else if (reader.ValueSpan.SequenceEqual("functionCall"u8))
            {
                var value = JsonTokens.TakeValue(ref reader, json);
                part.FunctionCall = value[0] == '{' ? value : default;
            }
            else
            {
                JsonTokens.TakeValue(ref reader, json);
            }
        }

        return part;
    }

    /// <summary>The whole call, with an id of ours where Gemini gave none.</summary>
    public readonly ToolCall ToCall()
    {
        ReadOnlySpan<byte> id = default;
        ReadOnlySpan<byte> name = default;
        var arguments = "{}"u8;
        var reader = JsonTokens.Open(FunctionCall);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("name"u8))
            {
                name = JsonTokens.TakeText(ref reader);
            }
            else if (reader.ValueSpan.SequenceEqual("id"u8))
            {
                id = JsonTokens.TakeText(ref reader);
            }
            else
            {
                var isArguments = reader.ValueSpan.SequenceEqual("args"u8);
                var value = JsonTokens.TakeValue(ref reader, FunctionCall);
                arguments = isArguments && value[0] == '{' ? value : arguments;
            }
        }

        return new ToolCall(
            id.IsEmpty ? MadeIds.New(MadeIds.CallPrefix) : StringBody.Unescape(id),
            StringBody.Unescape(name),
            Encoding.UTF8.GetString(arguments),
            _thoughtSignature.IsEmpty ? null : StringBody.Unescape(_thoughtSignature));
    }
}
