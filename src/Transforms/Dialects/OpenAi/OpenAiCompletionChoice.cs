using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>One choice of the aggregated answer.</summary>
internal sealed class OpenAiCompletionChoice(long index)
{
    private readonly MergedObject _members = new();
    private readonly OpenAiCompletionMessage _message = new();

    public static long IndexOf(ReadOnlySpan<byte> choice)
    {
        var reader = JsonTokens.Open(choice);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("index"u8))
            {
                return JsonTokens.TakeInteger(ref reader) ?? 0;
            }

            JsonTokens.TakeValue(ref reader, choice);
        }

        return 0;
    }

    public void AppendContent(ReadOnlySpan<byte> content) => _message.AppendContent(content);

    public void Merge(ReadOnlySpan<byte> choice)
    {
        var reader = JsonTokens.Open(choice);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            var name = StringBody.Unescape(reader.ValueSpan);
            var value = JsonTokens.TakeValue(ref reader, choice);
            if (name == "delta")
            {
                _message.Merge(value);
            }
            else if (name != "index")
            {
                _members.MergeMember(name, value, name == "logprobs" ? MergeRule.Grow : MergeRule.Replace);
            }
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writer.WritePropertyName("message"u8);
        _message.Write(writer);
        foreach (var (name, node) in _members.Members)
        {
            if (name != "finish_reason")
            {
                writer.WritePropertyName(name);
                node.Write(writer);
            }
        }

        WriteFinishReason(writer);
        writer.WriteEndObject();
    }

    // A provider's [DONE] without a reason is an ordinary end.
    private void WriteFinishReason(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("finish_reason"u8);
        if (_members["finish_reason"] is { } reason and not MergedRaw { IsNull: true })
        {
            reason.Write(writer);
        }
        else
        {
            writer.WriteStringValue("stop"u8);
        }
    }
}
