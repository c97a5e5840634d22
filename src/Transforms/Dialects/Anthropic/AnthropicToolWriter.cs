using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>Writes <c>tools</c> and <c>tool_choice</c>. A history with calls needs tools even where the request offers none.</summary>
internal static class AnthropicToolWriter
{
    public static void Write(Utf8JsonWriter writer, ChatRequest request, FaultSink faults)
    {
        if (request.Tools.Count == 0)
        {
            WriteForHistory(writer, request.Messages);
            return;
        }

        // There is no choice among some of the tools: the others are not offered.
        var names = request.ToolChoice is { Names.Count: > 0 } narrowed && !IsSingle(narrowed) ? narrowed.Names : [];
        writer.WriteStartArray("tools"u8);
        foreach (var tool in request.Tools.Where(tool => tool.Name is null || names.Count == 0 || names.Contains(tool.Name, StringComparer.Ordinal)))
        {
            WriteTool(writer, tool, faults);
        }

        writer.WriteEndArray();
        var isSerial = request.Parameters.ParallelToolCalls == false || request.ToolChoice is { IsSerial: true };
        if (request.ToolChoice is not null || isSerial)
        {
            WriteChoice(writer, request.ToolChoice, isSerial, faults);
        }
    }

    private static bool IsSingle(ToolChoice choice) => choice is { Mode: ToolChoiceMode.Required, Names.Count: 1 };

    private static void WriteForHistory(Utf8JsonWriter writer, IReadOnlyList<ChatMessage> messages)
    {
        var names = messages.SelectMany(static message => message.Parts).OfType<ToolCallPart>().Select(static call => call.Name).Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        foreach (var name in names)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WritePropertyName("input_schema"u8);
            WriteSchema(writer, schema: null, isOpenApi: false);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, "none"u8);
        writer.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter writer, ToolDefinition tool, FaultSink faults)
    {
        var isOwn = tool.Name is null ? tool.Form is WireForm.Anthropic : tool.Source.TryGetProperty("input_schema"u8, out _);
        if (isOwn)
        {
            JsonCopy.Write(writer, tool.Source);
            return;
        }

        if (tool.Name is null)
        {
            faults.Fail(tool.Path, "this tool is another provider's own; Anthropic does not have it.");
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description)
        {
            JsonCopy.Write(writer, "description"u8, description);
        }

        writer.WritePropertyName("input_schema"u8);
        WriteSchema(writer, tool.Parameters, tool.HasOpenApiSchema);
        writer.WriteEndObject();
    }

    // The root has to be an object by name.
    private static void WriteSchema(Utf8JsonWriter writer, JsonElement? schema, bool isOpenApi)
    {
        if (schema is { } whole && whole.TryGetProperty("type"u8, out _))
        {
            Copy(writer, whole, isOpenApi);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "object"u8);
        if (schema is null || !schema.Value.TryGetProperty("properties"u8, out _))
        {
            writer.WriteStartObject("properties"u8);
            writer.WriteEndObject();
        }

        foreach (var member in schema?.EnumerateObject() ?? default)
        {
            writer.WritePropertyName(member.Name);
            Copy(writer, member.Value, isOpenApi);
        }

        writer.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement schema, bool isOpenApi)
    {
        if (isOpenApi)
        {
            OpenApiSchema.WriteAsJsonSchema(writer, schema);
        }
        else
        {
            JsonCopy.Write(writer, schema);
        }
    }

    private static void WriteChoice(Utf8JsonWriter writer, ToolChoice? choice, bool isSerial, FaultSink faults)
    {
        if (choice is { Mode: ToolChoiceMode.Opaque })
        {
            faults.Fail(choice.Path, "Anthropic does not have this kind of choice.");
            return;
        }

        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, choice?.Mode switch
        {
            ToolChoiceMode.None => "none"u8,
            ToolChoiceMode.Required => IsSingle(choice) ? "tool"u8 : "any"u8,
            _ => "auto"u8,
        });
        if (choice is not null && IsSingle(choice))
        {
            writer.WriteString("name"u8, choice.Names[0]);
        }

        if (isSerial && choice?.Mode is not ToolChoiceMode.None)
        {
            writer.WriteBoolean("disable_parallel_tool_use"u8, value: true);
        }

        writer.WriteEndObject();
    }
}
