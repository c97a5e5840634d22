using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>
/// Writes <c>contents</c> and <c>systemInstruction</c>. Turns alternate, the user's comes first and last, and all results of a turn's calls
/// stand in one content right after it, in the order of the calls.
/// </summary>
internal sealed class GeminiContentWriter
{
    private readonly Utf8JsonWriter _writer;
    private readonly FaultSink _faults;
    private readonly GeminiPartWriter _parts;
    private readonly GeminiTurns _turns;

    private GeminiContentWriter(Utf8JsonWriter writer, ModelTraits traits, FaultSink faults)
    {
        _writer = writer;
        _faults = faults;
        _parts = new GeminiPartWriter(writer, traits, faults);
        _turns = new GeminiTurns(writer);
    }

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ChatMessage> messages, ModelTraits traits, FaultSink faults) =>
        new GeminiContentWriter(writer, traits, faults).Write(messages);

    private void Write(IReadOnlyList<ChatMessage> messages)
    {
        var system = messages.Where(static message => message.Role is ChatRole.System)
            .SelectMany(static message => message.Parts)
            .Where(static part => part is not TextPart { IsEmpty: true })
            .ToArray();
        _turns.Start();
        foreach (var message in messages)
        {
            WriteMessage(message);
        }

        var isSystemOnly = _turns.IsEmpty;
        if (isSystemOnly)
        {
            WriteSystemAsUser(system);
        }

        _turns.Finish();
        if (!isSystemOnly && system.Length > 0)
        {
            WriteSystem(system);
        }
    }

    private void WriteMessage(ChatMessage message)
    {
        switch (message.Role)
        {
            case ChatRole.System:
                break;
            case ChatRole.Tool:
                WriteOrphans(message);
                break;
            case ChatRole.Assistant:
                WriteModelTurn(message);
                break;
            default:
                WriteParts(message.Parts, isModel: false);
                break;
        }
    }

    private void WriteModelTurn(ChatMessage message)
    {
        WriteParts(message.Parts, isModel: true);
        foreach (var part in message.Parts)
        {
            if (part is ToolCallPart call)
            {
                _turns.Begin(isModel: false);
                GeminiResultWriter.Write(_writer, call, _faults);
            }
        }
    }

    private void WriteParts(IReadOnlyList<ContentPart> parts, bool isModel)
    {
        var needsSignature = !parts.Any(static part => part is ToolCallPart { ThoughtSignature: not null });
        foreach (var part in parts)
        {
            if (part is ThinkingPart or TextPart { IsEmpty: true })
            {
                continue;
            }

            _turns.Begin(isModel);
            _parts.Write(part, needsSignature && part is ToolCallPart);
            needsSignature = needsSignature && part is not ToolCallPart;
        }
    }

    // Results that answer a call were written after it. One that answers none would be refused; what it says reaches the model as text.
    private void WriteOrphans(ChatMessage message)
    {
        foreach (var part in message.Parts)
        {
            if (part is ToolResultPart { Call: null, Content: { } content } orphan)
            {
                _turns.Begin(isModel: false);
                GeminiResultWriter.WriteAsText(_writer, orphan, content);
            }
        }
    }

    private void WriteSystemAsUser(ContentPart[] system)
    {
        foreach (var part in system)
        {
            _turns.Begin(isModel: false);
            _parts.Write(part, needsSignature: false);
        }

        if (system.Length == 0)
        {
            _faults.Fail(FieldPath.Payload.Member("messages"), "no message has any content.");
        }
    }

    private void WriteSystem(ContentPart[] system)
    {
        _writer.WriteStartObject("systemInstruction"u8);
        _writer.WriteStartArray("parts"u8);
        foreach (var part in system)
        {
            if (part is TextPart text)
            {
                GeminiPartWriter.WriteText(_writer, text.Text);
            }
            else
            {
                _faults.Fail(part.Path, "Gemini takes only text as a system message.");
            }
        }

        _writer.WriteEndArray();
        _writer.WriteEndObject();
    }
}
