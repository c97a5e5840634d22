using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>
/// The <c>chat.completion</c> that OpenAI itself would have answered instead of the stream (providers.md 1.6): every member that a chunk carried, known or
/// not, and the constants that only a plain answer has.
/// </summary>
internal sealed class OpenAiCompletion
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly MergedObject _top = new();
    private readonly SortedList<long, OpenAiCompletionChoice> _choices = [];
    private OpenAiCompletionChoice? _first;

    /// <summary>Adds one chunk: a well-formed JSON object.</summary>
    public void Merge(ReadOnlySpan<byte> chunk)
    {
        var reader = JsonTokens.Open(chunk);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            var name = StringBody.Unescape(reader.ValueSpan);
            MergeMember(name, JsonTokens.TakeValue(ref reader, chunk));
        }
    }

    /// <summary>Adds text to choice 0, which an earlier chunk brought.</summary>
    public void AppendContent(ReadOnlySpan<byte> content) => _first?.AppendContent(content);

    public void Write(IBufferWriter<byte> output)
    {
        _top.MergeMember("object", "\"chat.completion\""u8, MergeRule.Replace);
        _top.MergeMember("choices", "[]"u8, MergeRule.Replace);
        using var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        foreach (var (name, node) in _top.Members)
        {
            if (name == "usage" && node is MergedRaw { IsNull: true })
            {
                continue;
            }

            writer.WritePropertyName(name);
            if (name == "choices")
            {
                WriteChoices(writer);
            }
            else
            {
                node.Write(writer);
            }
        }

        writer.WriteEndObject();
    }

    private void MergeMember(string name, ReadOnlySpan<byte> value)
    {
        switch (name)
        {
            case "obfuscation":
                break;
            case "choices":
                _top.MergeMember(name, "[]"u8, MergeRule.Replace);
                MergeChoices(value);
                break;
            case "object":
                _top.MergeMember(name, "\"chat.completion\""u8, MergeRule.Replace);
                break;
            default:
                _top.MergeWhole(name, value);
                break;
        }
    }

    private void MergeChoices(ReadOnlySpan<byte> choices)
    {
        if (choices[0] != '[')
        {
            return;
        }

        var reader = JsonTokens.Open(choices);
        reader.Read();
        while (JsonTokens.NextElement(ref reader))
        {
            var choice = JsonTokens.TakeValue(ref reader, choices);
            if (choice[0] == '{')
            {
                ChoiceAt(OpenAiCompletionChoice.IndexOf(choice)).Merge(choice);
            }
        }
    }

    private OpenAiCompletionChoice ChoiceAt(long index)
    {
        if (!_choices.TryGetValue(index, out var choice))
        {
            choice = new OpenAiCompletionChoice(index);
            _choices.Add(index, choice);
            _first = index == 0 ? choice : _first;
        }

        return choice;
    }

    private void WriteChoices(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var choice in _choices.Values)
        {
            choice.Write(writer);
        }

        writer.WriteEndArray();
    }
}
