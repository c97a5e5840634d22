using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>Writes <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>. Functions are flat here and strict unless told otherwise.</summary>
internal static class ResponsesToolWriter
{
    public static void Write(Utf8JsonWriter writer, ChatRequest request, FaultSink faults)
    {
        if (request.Tools.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        foreach (var tool in request.Tools)
        {
            WriteTool(writer, tool, request, faults);
        }

        writer.WriteEndArray();
        if (request.ToolChoice is { } choice)
        {
            writer.WritePropertyName("tool_choice"u8);
            WriteChoice(writer, choice);
        }

        if (request.Parameters.ParallelToolCalls is { } isParallel)
        {
            writer.WriteBoolean("parallel_tool_calls"u8, isParallel);
        }
        else if (request.ToolChoice is { IsSerial: true })
        {
            writer.WriteBoolean("parallel_tool_calls"u8, value: false);
        }
    }

    private static void WriteTool(Utf8JsonWriter writer, ToolDefinition tool, ChatRequest request, FaultSink faults)
    {
        if (tool.Name is null)
        {
            if (tool.Form is WireForm.OpenAi)
            {
                WriteHosted(writer, tool.Source, request);
            }
            else
            {
                faults.Fail(tool.Path, "this tool is another provider's own; OpenAI does not have it.");
            }

            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description)
        {
            JsonCopy.Write(writer, "description"u8, description);
        }

        writer.WritePropertyName("parameters"u8);
        WriteParameters(writer, tool);
        WriteStrict(writer, tool.Strict);
        writer.WriteEndObject();
    }

    private static void WriteParameters(Utf8JsonWriter writer, ToolDefinition tool)
    {
        if (tool.Parameters is not { } parameters)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "object"u8);
            writer.WriteStartObject("properties"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        else if (tool.HasOpenApiSchema)
        {
            OpenApiSchema.WriteAsJsonSchema(writer, parameters);
        }
        else
        {
            JsonCopy.Write(writer, parameters);
        }
    }

    private static void WriteStrict(Utf8JsonWriter writer, JsonElement? strict)
    {
        if (strict is { ValueKind: JsonValueKind.True or JsonValueKind.False } given)
        {
            JsonCopy.Write(writer, "strict"u8, given);
        }
        else
        {
            writer.WriteBoolean("strict"u8, value: false);
        }
    }

    private static void WriteChoice(Utf8JsonWriter writer, ToolChoice choice)
    {
        switch (choice)
        {
            case { Mode: ToolChoiceMode.Opaque }:
                WriteFlat(writer, choice.Source);
                break;
            case { Mode: ToolChoiceMode.None }:
                writer.WriteStringValue("none"u8);
                break;
            case { Names.Count: 0 }:
                writer.WriteStringValue(ModeWord(choice.Mode));
                break;
            case { Mode: ToolChoiceMode.Required, Names.Count: 1 }:
                WriteFunction(writer, choice.Names[0]);
                break;
            default:
                WriteAllowed(writer, choice);
                break;
        }
    }

    private static void WriteAllowed(Utf8JsonWriter writer, ToolChoice choice)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "allowed_tools"u8);
        writer.WriteString("mode"u8, ModeWord(choice.Mode));
        writer.WriteStartArray("tools"u8);
        foreach (var name in choice.Names)
        {
            WriteFunction(writer, name);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteFunction(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteString("name"u8, name);
        writer.WriteEndObject();
    }

    /// <summary>A tool that OpenAI runs itself. What it works on stood beside the tools in the older API and stands in the tool here.</summary>
    private static void WriteHosted(Utf8JsonWriter writer, JsonElement source, ChatRequest request)
    {
        var type = FieldReader.Find(source, "type") is { ValueKind: JsonValueKind.String } word ? word.GetString()! : string.Empty;
        var resources = FieldReader.Find(request.Payload, "tool_resources") is { ValueKind: JsonValueKind.Object } all && FieldReader.Find(all, type) is { ValueKind: JsonValueKind.Object } own ? own : default(JsonElement?);
        writer.WriteStartObject();
        WriteMembers(writer, source, type);
        if (type == "file_search" && FieldReader.Find(source, "vector_store_ids") is null && resources is { } stores && FieldReader.Find(stores, "vector_store_ids") is { } ids)
        {
            JsonCopy.Write(writer, "vector_store_ids"u8, ids);
        }
        else if (type == "code_interpreter" && FieldReader.Find(source, "container") is null)
        {
            writer.WriteStartObject("container"u8);
            writer.WriteString("type"u8, "auto"u8);
            if (resources is { } inputs && FieldReader.Find(inputs, "file_ids") is { } files)
            {
                JsonCopy.Write(writer, "file_ids"u8, files);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    // Chat Completions nest what is special to a type in an object of its name.
    private static void WriteFlat(Utf8JsonWriter writer, JsonElement source)
    {
        var type = FieldReader.Find(source, "type") is { ValueKind: JsonValueKind.String } word ? word.GetString()! : string.Empty;
        writer.WriteStartObject();
        WriteMembers(writer, source, type);
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, JsonElement source, string type)
    {
        foreach (var member in source.EnumerateObject())
        {
            if (member.Name != type || member.Value.ValueKind is not JsonValueKind.Object)
            {
                JsonCopy.Write(writer, member);
                continue;
            }

            foreach (var inner in member.Value.EnumerateObject())
            {
                JsonCopy.Write(writer, inner);
            }
        }
    }

    private static ReadOnlySpan<byte> ModeWord(ToolChoiceMode mode) => mode is ToolChoiceMode.Required ? "required"u8 : "auto"u8;
}
