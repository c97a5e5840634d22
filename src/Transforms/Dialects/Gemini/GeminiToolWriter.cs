using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Writes <c>tools</c> and <c>toolConfig</c>; neither where no tools are offered.</summary>
internal static class GeminiToolWriter
{
    public static void Write(Utf8JsonWriter writer, ChatRequest request, FaultSink faults)
    {
        if (request.Tools.Count == 0)
        {
            return;
        }

        var functions = request.Tools.Where(static tool => tool.Name is not null).ToArray();
        writer.WriteStartArray("tools"u8);
        if (functions.Length > 0)
        {
            WriteDeclarations(writer, functions);
        }

        foreach (var tool in request.Tools)
        {
            if (tool is { Name: null, Form: WireForm.Gemini })
            {
                JsonCopy.Write(writer, tool.Source);
            }
            else if (tool.Name is null)
            {
                faults.Fail(tool.Path, "this tool is another provider's own; Gemini does not have it.");
            }
        }

        writer.WriteEndArray();
        if (functions.Length > 0 && request.ToolChoice is { } choice)
        {
            WriteChoice(writer, choice, faults);
        }
    }

    private static void WriteDeclarations(Utf8JsonWriter writer, ToolDefinition[] functions)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("functionDeclarations"u8);
        foreach (var function in functions)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, function.Name);
            if (function.Description is { } description)
            {
                JsonCopy.Write(writer, "description"u8, description);
            }

            // JSON Schema's own field takes what the OpenAPI subset refuses; a schema without properties is refused in either.
            if (function.Parameters is { } parameters && !IsEmptySchema(parameters))
            {
                JsonCopy.Write(writer, function.HasOpenApiSchema ? "parameters"u8 : "parametersJsonSchema"u8, parameters);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static bool IsEmptySchema(JsonElement schema) => schema.EnumerateObject().All(static member => member.Name switch
    {
        "type" or "additionalProperties" or "$schema" or "title" or "description" or "strict" => true,
        "properties" => member.Value.ValueKind is not JsonValueKind.Object || member.Value.GetPropertyCount() == 0,
        "required" => member.Value.ValueKind is not JsonValueKind.Array || member.Value.GetArrayLength() == 0,
        _ => false,
    });

    private static void WriteChoice(Utf8JsonWriter writer, ToolChoice choice, FaultSink faults)
    {
        if (choice.Source.ValueKind is JsonValueKind.Object && IsOwn(choice.Source))
        {
            JsonCopy.Write(writer, "toolConfig"u8, choice.Source);
            return;
        }

        if (choice.Mode is ToolChoiceMode.Opaque)
        {
            faults.Fail(choice.Path, "Gemini does not have this kind of choice.");
            return;
        }

        writer.WriteStartObject("toolConfig"u8);
        writer.WriteStartObject("functionCallingConfig"u8);
        writer.WriteString("mode"u8, ModeWord(choice));
        if (choice.Names.Count > 0)
        {
            writer.WriteStartArray("allowedFunctionNames"u8);
            foreach (var name in choice.Names)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static bool IsOwn(JsonElement choice) =>
        choice.TryGetProperty("functionCallingConfig"u8, out _) || choice.TryGetProperty("function_calling_config"u8, out _);

    // VALIDATED is the mode that narrows the names and still leaves the model free to answer in text.
    private static ReadOnlySpan<byte> ModeWord(ToolChoice choice) => choice.Mode switch
    {
        ToolChoiceMode.None => "NONE"u8,
        ToolChoiceMode.Required => "ANY"u8,
        _ => choice.Names.Count > 0 ? "VALIDATED"u8 : "AUTO"u8,
    };
}
