using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>Writes <c>input</c>: messages, and calls with their results as items of their own. Each call is followed by a result, which OpenAI demands.</summary>
internal sealed class ResponsesInputWriter
{
    private readonly Utf8JsonWriter _writer;
    private readonly FaultSink _faults;
    private readonly ResponsesContentWriter _content;
    private readonly HashSet<ToolCallPart> _told = new(ReferenceEqualityComparer.Instance);

    private ResponsesInputWriter(Utf8JsonWriter writer, FaultSink faults)
    {
        _writer = writer;
        _faults = faults;
        _content = new ResponsesContentWriter(writer, faults);
    }

    public static void Write(Utf8JsonWriter writer, ChatRequest request, FaultSink faults)
    {
        var input = new ResponsesInputWriter(writer, faults);
        var remembers = request.Conversation is not null;
        if (remembers)
        {
            ResponsesInstructions.Write(writer, request.Messages);
        }

        writer.WriteStartArray("input"u8);
        foreach (var message in request.Messages.Where(message => !(remembers && message.IsInstruction)))
        {
            input.WriteMessage(message);
        }

        writer.WriteEndArray();
    }

    private void WriteMessage(ChatMessage message)
    {
        switch (message.Role)
        {
            case ChatRole.System:
                WriteTurn("developer"u8, message.Parts, isAssistant: false);
                break;
            case ChatRole.User:
                WriteTurn("user"u8, message.Parts, isAssistant: false);
                break;
            case ChatRole.Assistant:
                WriteAssistant(message);
                break;
            default:
                WriteResults(message);
                break;
        }
    }

    private void WriteAssistant(ChatMessage message)
    {
        if (message.Own is { Dialect: "openai-responses" } own)
        {
            foreach (var item in own.Content.EnumerateArray())
            {
                JsonCopy.Write(_writer, item);
            }
        }
        else
        {
            WriteTurn("assistant"u8, message.Parts, isAssistant: true);
            WriteCalls(message.Parts);
        }

        foreach (var call in message.Parts.OfType<ToolCallPart>())
        {
            _told.Add(call);
            WriteResult(call);
        }
    }

    private void WriteCalls(IReadOnlyList<ContentPart> parts)
    {
        foreach (var part in parts)
        {
            if (part is ToolCallPart call)
            {
                WriteCall(call);
            }
            else if (part is OpaquePart { IsCall: true } opaque)
            {
                _faults.Fail(part.Path, $"a call of the kind {FaultSink.Quote(opaque.Kind)} cannot be told to OpenAI's Responses.");
            }
        }
    }

    private void WriteTurn(ReadOnlySpan<byte> role, IReadOnlyList<ContentPart> parts, bool isAssistant)
    {
        var said = parts.Where(static part => part is not (ToolCallPart or ThinkingPart or TextPart { IsEmpty: true } or OpaquePart { IsCall: true })).ToArray();
        if (said.Length == 0)
        {
            return;
        }

        _writer.WriteStartObject();
        _writer.WriteString("role"u8, role);
        _writer.WriteStartArray("content"u8);
        foreach (var part in said)
        {
            _content.Write(part, isAssistant);
        }

        _writer.WriteEndArray();
        _writer.WriteEndObject();
    }

    private void WriteCall(ToolCallPart call)
    {
        _writer.WriteStartObject();
        _writer.WriteString("type"u8, "function_call"u8);
        _writer.WriteString("call_id"u8, call.LinkId);
        _writer.WriteString("name"u8, call.Name);
        CallArguments.WriteText(_writer, call.Arguments);
        _writer.WriteEndObject();
    }

    private void WriteResult(ToolCallPart call) => WriteResult(call.LinkId, call.Result);

    private void WriteResult(string callId, ToolResultPart? answer)
    {
        _writer.WriteStartObject();
        _writer.WriteString("type"u8, "function_call_output"u8);
        _writer.WriteString("call_id"u8, callId);
        switch (answer)
        {
            case null:
                _writer.WriteString("output"u8, "no result"u8);
                break;
            case { Content: { } content } result:
                ResultText.Write(_writer, "output"u8, result, content);
                break;
            default:
                _writer.WriteString("output"u8, string.Empty);
                break;
        }

        _writer.WriteEndObject();
    }

    // Results that answer a call were written after it, unless the provider remembers the call. One that answers none would be refused; what it says reaches the model as text.
    private void WriteResults(ChatMessage message)
    {
        foreach (var part in message.Parts)
        {
            if (part is ToolResultPart { Call: { } call } result && !_told.Contains(call))
            {
                WriteResult(call.LinkId, result);
            }
            else if (part is ToolResultPart { Call: null, Content: { } content } orphan)
            {
                _writer.WriteStartObject();
                _writer.WriteString("role"u8, "user"u8);
                ResultText.Write(_writer, "content"u8, orphan, content);
                _writer.WriteEndObject();
            }
        }
    }
}
