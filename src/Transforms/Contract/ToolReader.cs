using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads <c>tools</c> in every form (OpenAI's, flat, bare, Gemini's, Anthropic's) and OpenAI's older <c>functions</c>.</summary>
internal static class ToolReader
{
    public static IReadOnlyList<ToolDefinition> Read(JsonElement payload, FaultSink faults)
    {
        var tools = new List<ToolDefinition>();
        foreach (var name in (ReadOnlySpan<string>)["tools", "functions"])
        {
            var list = FieldReader.Read(payload, FieldPath.Payload, name, JsonValueKind.Array, "an array", faults);
            var index = 0;
            foreach (var tool in list?.EnumerateArray() ?? default)
            {
                ReadTool(tool, FieldPath.Payload.Member(name).Item(index++), tools, faults);
                if (faults.First is not null)
                {
                    return [];
                }
            }
        }

        return tools;
    }

    /// <summary>Whether the caller speaks OpenAI's deprecated form and expects it back.</summary>
    public static bool UsesFunctions(JsonElement payload) =>
        FieldReader.Find(payload, "functions") is { ValueKind: JsonValueKind.Array } functions && functions.GetArrayLength() > 0
        && !(FieldReader.Find(payload, "tools") is { ValueKind: JsonValueKind.Array } tools && tools.GetArrayLength() > 0);

    private static void ReadTool(JsonElement tool, FieldPath path, List<ToolDefinition> tools, FaultSink faults)
    {
        if (tool.ValueKind is not JsonValueKind.Object)
        {
            faults.Expected(path, "an object", tool);
            return;
        }

        if (FieldReader.FindAny(tool, path, ["functionDeclarations", "function_declarations"], out var declared) is { } declarations)
        {
            ReadDeclarations(declarations, declared, tools, faults);
            return;
        }

        var type = FieldReader.ReadString(tool, path, "type", faults);
        var hasName = FieldReader.TryFind(tool, "name", out _);
        if (type == "function" && FieldReader.TryFind(tool, "function", out var function))
        {
            ReadFunction(tool, function, path.Member("function"), WireForm.OpenAi, tools, faults);
        }
        else if (type is null or "function" ? hasName || type is not null : hasName && tool.TryGetProperty("input_schema"u8, out _))
        {
            ReadFunction(tool, tool, path, WireForm.OpenAi, tools, faults);
        }
        else
        {
            var form = type is null ? WireForm.Gemini : hasName ? WireForm.Anthropic : WireForm.OpenAi;
            tools.Add(new ToolDefinition(form, tool, path, Name: null));
        }
    }

    private static void ReadDeclarations(JsonElement declarations, FieldPath path, List<ToolDefinition> tools, FaultSink faults)
    {
        if (declarations.ValueKind is not JsonValueKind.Array)
        {
            faults.Expected(path, "an array", declarations);
            return;
        }

        var index = 0;
        foreach (var declaration in declarations.EnumerateArray())
        {
            ReadFunction(declaration, declaration, path.Item(index++), WireForm.Gemini, tools, faults);
        }
    }

    private static void ReadFunction(JsonElement tool, JsonElement function, FieldPath path, WireForm form, List<ToolDefinition> tools, FaultSink faults)
    {
        if (function.ValueKind is not JsonValueKind.Object)
        {
            faults.Expected(path, "an object", function);
            return;
        }

        if (FieldReader.ReadString(function, path, "name", faults) is not { } name)
        {
            faults.Fail(path.Member("name"), "expected the function's name.");
            return;
        }

        var schema = FieldReader.FindAny(function, path, ["parametersJsonSchema", "parameters_json_schema", "parameters", "input_schema"], out var schemaPath);
        if (schema is { ValueKind: not JsonValueKind.Object } wrong)
        {
            faults.Expected(schemaPath, "an object", wrong);
            return;
        }

        tools.Add(new ToolDefinition(form, tool, path, name)
        {
            Description = FieldReader.Read(function, path, "description", JsonValueKind.String, "a string", faults),
            Parameters = schema,
            Strict = FieldReader.Find(function, "strict"),
            HasOpenApiSchema = form is WireForm.Gemini && !function.TryGetProperty("parametersJsonSchema"u8, out _)
                && !function.TryGetProperty("parameters_json_schema"u8, out _),
        });
    }
}
