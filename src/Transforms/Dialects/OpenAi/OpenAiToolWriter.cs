using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>Writes <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>; none of them where no tools are offered.</summary>
internal static class OpenAiToolWriter
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
            WriteTool(writer, tool, faults);
        }

        writer.WriteEndArray();
        if (request.ToolChoice is { } choice)
        {
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

    private static void WriteTool(Utf8JsonWriter writer, ToolDefinition tool, FaultSink faults)
    {
        if (tool.Name is null && tool.Form is not WireForm.OpenAi)
        {
            faults.Fail(tool.Path, "this tool is another provider's own; OpenAI does not have it.");
            return;
        }

        if (tool.Name is null || (tool.Form is WireForm.OpenAi && tool.Source.TryGetProperty("function"u8, out _)))
        {
            JsonCopy.Write(writer, tool.Source);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description)
        {
            JsonCopy.Write(writer, "description"u8, description);
        }

        if (tool.Parameters is { } parameters)
        {
            WriteParameters(writer, parameters, tool.HasOpenApiSchema);
        }

        if (tool.Strict is { } strict)
        {
            JsonCopy.Write(writer, "strict"u8, strict);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteParameters(Utf8JsonWriter writer, JsonElement parameters, bool isOpenApi)
    {
        writer.WritePropertyName("parameters"u8);
        if (isOpenApi)
        {
            OpenApiSchema.WriteAsJsonSchema(writer, parameters);
        }
        else
        {
            JsonCopy.Write(writer, parameters);
        }
    }

    private static void WriteChoice(Utf8JsonWriter writer, ToolChoice choice)
    {
        writer.WritePropertyName("tool_choice"u8);
        switch (choice)
        {
            case { Mode: ToolChoiceMode.Opaque }:
                JsonCopy.Write(writer, choice.Source);
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
        writer.WriteStartObject("allowed_tools"u8);
        writer.WriteString("mode"u8, ModeWord(choice.Mode));
        writer.WriteStartArray("tools"u8);
        foreach (var name in choice.Names)
        {
            WriteFunction(writer, name);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteFunction(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, name);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> ModeWord(ToolChoiceMode mode) => mode is ToolChoiceMode.Required ? "required"u8 : "auto"u8;
}
