using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>The finished output items of one response: its calls, and all items too where the turn is to be sent back.</summary>
internal sealed class ResponsesItems
{
    private readonly List<ToolCall> _calls = [];
    private readonly List<byte[]> _items = [];

    public IReadOnlyList<ToolCall> Calls => _calls;

    /// <summary>False where an answer that was cut short left a call that cannot be run.</summary>
    public bool AreWhole { get; private set; } = true;

    /// <summary>Adds a finished item: its raw object.</summary>
    /// <param name="item">Raw object.</param>
    /// <param name="all">Whether to keep more than calls.</param>
    public void Add(ReadOnlySpan<byte> item, bool all)
    {
        if (ReadCall(item, out var isWhole) is { } call)
        {
            AddCall(call, isWhole);
        }

        if (all)
        {
            var kept = item.ToArray();
            SurrogateEscapes.Mend(kept);
            _items.Add(kept);
        }
    }

    /// <summary>Adds what the whole response holds, where a server did not send its items one by one.</summary>
    /// <param name="output">Raw array.</param>
    /// <param name="all">Whether to keep more than calls.</param>
    public void AddMissing(ReadOnlySpan<byte> output, bool all)
    {
        if (_calls.Count > 0 || _items.Count > 0)
        {
            return;
        }

        var reader = JsonTokens.Open(output);
        reader.Read();
        while (JsonTokens.NextElement(ref reader))
        {
            var item = JsonTokens.TakeValue(ref reader, output);
            if (item[0] == '{')
            {
                Add(item, all);
            }
        }
    }

    /// <summary>Writes the items as an array, fit to be sent back to a server that stored none of them: without their ids, and no thoughts that it cannot read.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var item in _items)
        {
            using var document = JsonDocument.Parse(item, new JsonDocumentOptions { MaxDepth = 2 * JsonCopy.MaxDepth });
            WriteItem(writer, document.RootElement);
        }

        writer.WriteEndArray();
    }

    private static void WriteItem(Utf8JsonWriter writer, JsonElement item)
    {
        var type = FieldReader.Find(item, "type") is { ValueKind: JsonValueKind.String } word ? word.GetString() : null;
        if (type == "reasoning" && FieldReader.Find(item, "encrypted_content") is null)
        {
            return;
        }

        var isOurs = type is "reasoning" or "message" or "function_call";
        writer.WriteStartObject();
        foreach (var member in item.EnumerateObject())
        {
            if (type == "function_call" && member.NameEquals("arguments"u8))
            {
                CallArguments.WriteText(writer, FieldReader.Find(item, "arguments"));
            }
            else if (!isOurs || !(member.NameEquals("id"u8) || member.NameEquals("status"u8)))
            {
                JsonCopy.Write(writer, member);
            }
        }

        writer.WriteEndObject();
    }

    private void AddCall(ToolCall call, bool isWhole)
    {
        if (!_calls.Exists(known => known.Id == call.Id))
        {
            _calls.Add(call);
            AreWhole &= isWhole;
        }
    }

    private static ToolCall? ReadCall(ReadOnlySpan<byte> item, out bool isWhole)
    {
        ReadOnlySpan<byte> type = default;
        ReadOnlySpan<byte> id = default;
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> arguments = default;
        ReadOnlySpan<byte> status = default;
        var reader = JsonTokens.Open(item);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            var member = reader.ValueSpan;
            var inside = JsonTokens.InsideOf(JsonTokens.TakeValue(ref reader, item));
            type = member.SequenceEqual("type"u8) ? inside : type;
            id = member.SequenceEqual("call_id"u8) ? inside : id;
            name = member.SequenceEqual("name"u8) ? inside : name;
            arguments = member.SequenceEqual("arguments"u8) ? inside : arguments;
            status = member.SequenceEqual("status"u8) ? inside : status;
        }

        isWhole = false;
        if (!type.SequenceEqual("function_call"u8))
        {
            return null;
        }

        var text = arguments.IsEmpty ? "{}" : StringBody.Unescape(arguments);
        isWhole = !status.SequenceEqual("incomplete"u8) && JsonTokens.IsObject(Encoding.UTF8.GetBytes(text));
        return new ToolCall(id.IsEmpty ? MadeIds.New(MadeIds.CallPrefix) : StringBody.Unescape(id), StringBody.Unescape(name), text);
    }
}
