using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>The message that the deltas of one choice amount to.</summary>
internal sealed class OpenAiCompletionMessage
{
    private readonly MergedObject _members = new();
    private readonly OpenAiCallSlots _slots = new();
    private readonly List<MergedObject> _calls = [];
    private readonly MergedText _content = new();
    private bool _hasContent;

    public void AppendContent(ReadOnlySpan<byte> content) => _content.Append(content);

    public void Merge(ReadOnlySpan<byte> delta)
    {
        if (delta[0] != '{')
        {
            return;
        }

        var reader = JsonTokens.Open(delta);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            var name = StringBody.Unescape(reader.ValueSpan);
            MergeMember(name, JsonTokens.TakeValue(ref reader, delta));
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteMember(writer, "role"u8, "role", "\"assistant\""u8);
        WriteContent(writer);
        WriteMember(writer, "refusal"u8, "refusal", "null"u8);
        WriteMember(writer, "annotations"u8, "annotations", "[]"u8);
        foreach (var (name, node) in _members.Members)
        {
            if (name is not ("role" or "refusal" or "annotations"))
            {
                writer.WritePropertyName(name);
                node.Write(writer);
            }
        }

        WriteCalls(writer);
        writer.WriteEndObject();
    }

    private void MergeMember(string name, ReadOnlySpan<byte> value)
    {
        if (name == "content")
        {
            _hasContent |= value[0] == '"';
            _content.Append(JsonTokens.InsideOf(value));
        }
        else if (name == "tool_calls")
        {
            MergeCalls(value);
        }
        else if (name != "function_call" || value[0] == '{')
        {
            _members.MergeMember(name, value, name == "role" ? MergeRule.Replace : MergeRule.Grow);
        }
    }

    private void MergeCalls(ReadOnlySpan<byte> fragments)
    {
        if (fragments[0] != '[')
        {
            return;
        }

        var reader = JsonTokens.Open(fragments);
        reader.Read();
        while (JsonTokens.NextElement(ref reader))
        {
            var fragment = JsonTokens.TakeValue(ref reader, fragments);
            if (fragment[0] == '{')
            {
                MergeCall(fragment);
            }
        }
    }

    private void MergeCall(ReadOnlySpan<byte> fragment)
    {
        var slot = _slots.SlotOf(fragment);
        if (slot == _calls.Count)
        {
            _calls.Add(new MergedObject());
        }

        var reader = JsonTokens.Open(fragment);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            var name = StringBody.Unescape(reader.ValueSpan);
            var value = JsonTokens.TakeValue(ref reader, fragment);
            if (name != "index")
            {
                _calls[slot].MergeMember(name, value, MergeRule.Grow);
            }
        }
    }

    private void WriteMember(Utf8JsonWriter writer, ReadOnlySpan<byte> written, string name, ReadOnlySpan<byte> otherwise)
    {
        writer.WritePropertyName(written);
        if (_members[name] is { } node and not MergedRaw { IsNull: true })
        {
            node.Write(writer);
        }
        else
        {
            writer.WriteRawValue(otherwise, skipInputValidation: true);
        }
    }

    // A plain answer has null where the model said nothing because it called a tool or refused.
    private void WriteContent(Utf8JsonWriter writer)
    {
        var other = _calls.Count > 0 || _members["function_call"] is not (null or MergedRaw) || _members["refusal"] is MergedText { IsEmpty: false };
        writer.WritePropertyName("content"u8);
        if (_content.IsEmpty && (other || !_hasContent))
        {
            writer.WriteNullValue();
        }
        else
        {
            _content.Write(writer);
        }
    }

    private void WriteCalls(Utf8JsonWriter writer)
    {
        if (_calls.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tool_calls"u8);
        foreach (var call in _calls)
        {
            call.Write(writer);
        }

        writer.WriteEndArray();
    }
}
