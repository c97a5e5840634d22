using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>
/// Writes <c>system</c> and <c>messages</c>. Turns alternate and the user's comes first; the results of a turn's calls are the first blocks after it,
/// in the order of the calls.
/// </summary>
internal sealed class AnthropicConversation
{
    private readonly Utf8JsonWriter _writer;
    private readonly ModelTraits _traits;
    private readonly FaultSink _faults;
    private readonly AnthropicTurns _turns;
    private readonly AnthropicBlockWriter _blocks;

    private AnthropicConversation(Utf8JsonWriter writer, ModelTraits traits, FaultSink faults)
    {
        _writer = writer;
        _traits = traits;
        _faults = faults;
        _turns = new AnthropicTurns(writer);
        _blocks = new AnthropicBlockWriter(writer, faults);
    }

    public static void Write(Utf8JsonWriter writer, ChatRequest request, ModelTraits traits, FaultSink faults)
    {
        var conversation = new AnthropicConversation(writer, traits, faults);
        conversation.Write(request.Messages, AnthropicParameterWriter.FormatInWords(request.Parameters, traits));
    }

    private void Write(IReadOnlyList<ChatMessage> messages, AnswerFormat? format)
    {
        var system = messages.Where(static message => message.Role is ChatRole.System)
            .SelectMany(static message => message.Parts)
            .Where(static part => !AnthropicBlockWriter.IsBlank(part))
            .ToArray();
        var spoken = messages.Where(static message => message.Role is not ChatRole.System).ToArray();
        var isSystemOnly = !spoken.Any(static message => message.Parts.Any(static part => !AnthropicBlockWriter.IsBlank(part)));
        if (!isSystemOnly || format is not null)
        {
            WriteSystem(isSystemOnly ? [] : system, format);
        }

        _turns.Start();
        foreach (var message in spoken)
        {
            WriteMessage(message, isLast: ReferenceEquals(message, spoken[^1]));
        }

        if (isSystemOnly)
        {
            WriteSystemAsUser(system);
        }

        _turns.Finish(_traits.Prefill != false);
    }

    private void WriteMessage(ChatMessage message, bool isLast)
    {
        switch (message.Role)
        {
            case ChatRole.Tool:
                WriteOrphans(message);
                break;
            case ChatRole.Assistant:
                WriteAssistant(message, isLast);
                break;
            default:
                WriteParts(message.Parts, isAssistant: false, endsAnswer: false);
                break;
        }
    }

    // Nothing may stand after a call.
    private void WriteAssistant(ChatMessage message, bool isLast)
    {
        var calls = message.Parts.OfType<ToolCallPart>().ToArray();
        if (message.Own is { Dialect: "anthropic" } own)
        {
            WriteOwn(own, calls);
            return;
        }

        var others = calls.Length == 0 || message.Parts[^1] is ToolCallPart ? message.Parts : [.. message.Parts.Where(static part => part is not ToolCallPart), .. calls];
        WriteParts(others, isAssistant: true, endsAnswer: isLast && calls.Length == 0);
        WriteResults(calls);
    }

    // Thoughts are signed as they stand, so the whole turn goes back as it came.
    private void WriteOwn(OwnTurn own, ToolCallPart[] calls)
    {
        foreach (var block in own.Content.EnumerateArray())
        {
            _turns.Begin(isAssistant: true);
            JsonCopy.Write(_writer, block);
        }

        WriteResults(calls);
    }

    private void WriteResults(ToolCallPart[] calls)
    {
        foreach (var call in calls)
        {
            _turns.Begin(isAssistant: false);
            _blocks.WriteResult(call);
        }
    }

    private void WriteParts(IReadOnlyList<ContentPart> parts, bool isAssistant, bool endsAnswer)
    {
        foreach (var part in parts.Where(part => !AnthropicBlockWriter.IsBlank(part) && (isAssistant || part is not ThinkingPart)))
        {
            if (part is ThinkingPart { Form: not WireForm.Anthropic })
            {
                continue;
            }

            _turns.Begin(isAssistant);
            _blocks.Write(part, endsAnswer && ReferenceEquals(part, parts[^1]));
        }
    }

    // Results that answer a call were written after it. One that answers none would be refused; what it says reaches the model as text.
    private void WriteOrphans(ChatMessage message)
    {
        foreach (var part in message.Parts)
        {
            if (part is ToolResultPart { Call: null, Content: { } content } orphan && !AnthropicBlockWriter.IsBlank(content))
            {
                _turns.Begin(isAssistant: false);
                _blocks.WriteOrphan(orphan, content);
            }
        }
    }

    private void WriteSystemAsUser(ContentPart[] system)
    {
        foreach (var part in system)
        {
            _turns.Begin(isAssistant: false);
            _blocks.Write(part, endsAnswer: false);
        }

        if (system.Length == 0)
        {
            _faults.Fail(FieldPath.Payload.Member("messages"), "no message has any content.");
        }
    }

    private void WriteSystem(ContentPart[] system, AnswerFormat? format)
    {
        if (system.Length == 0 && format is null)
        {
            return;
        }

        _writer.WriteStartArray("system"u8);
        foreach (var part in system)
        {
            if (part is TextPart)
            {
                _blocks.Write(part, endsAnswer: false);
            }
            else
            {
                _faults.Fail(part.Path, "Anthropic takes only text as a system message.");
            }
        }

        if (format is not null)
        {
            AnthropicBlockWriter.WriteFormat(_writer, format);
        }

        _writer.WriteEndArray();
    }
}
