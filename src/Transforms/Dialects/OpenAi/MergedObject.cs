using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>An object whose members merge one by one, kept in the order in which they first came.</summary>
internal sealed class MergedObject : MergedNode
{
    private readonly List<KeyValuePair<string, MergedNode>> _members = [];

    public IReadOnlyList<KeyValuePair<string, MergedNode>> Members => _members;

    public MergedNode? this[string name] => _members.Find(member => member.Key == name).Value;

    public override bool Takes(ReadOnlySpan<byte> value) => value[0] == '{';

    public override void Merge(ReadOnlySpan<byte> value, MergeRule rule)
    {
        var reader = JsonTokens.Open(value);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            var name = StringBody.Unescape(reader.ValueSpan);
            MergeMember(name, JsonTokens.TakeValue(ref reader, value), rule);
        }
    }

    public void MergeMember(string name, ReadOnlySpan<byte> value, MergeRule rule)
    {
        var at = _members.FindIndex(member => member.Key == name);
        if (at < 0)
        {
            _members.Add(new(name, From(value, rule)));
            return;
        }

        var node = _members[at].Value;
        if (value.SequenceEqual("null"u8) || IsSettled(name, node, value, rule))
        {
            return;
        }

        if (node is MergedRaw { IsNull: true } || !node.Takes(value))
        {
            _members[at] = new(name, From(value, rule));
            return;
        }

        node.Merge(value, rule);
    }

    /// <summary>The last value stands as a whole, unless it says nothing: null or an empty string.</summary>
    public void MergeWhole(string name, ReadOnlySpan<byte> value)
    {
        if (this[name] is not MergedRaw known)
        {
            known = new MergedRaw();
            known.Set(value);
            _members.Add(new(name, known));
        }
        else if (!value.SequenceEqual("null"u8) && (known.IsNull || !value.SequenceEqual("\"\""u8)))
        {
            known.Set(value);
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, node) in _members)
        {
            writer.WritePropertyName(name);
            node.Write(writer);
        }

        writer.WriteEndObject();
    }

    // Members that name a thing may be repeated with each piece of it; an empty string says nothing new.
    private static bool IsSettled(string name, MergedNode node, ReadOnlySpan<byte> value, MergeRule rule) => rule switch
    {
        MergeRule.Replace => value.SequenceEqual("\"\""u8) && node is not MergedRaw { IsNull: true },
        _ => name is "id" or "type" or "name" or "role" or "format" && node is MergedText text && text.Is(JsonTokens.InsideOf(value)),
    };
}
