using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads <c>tool_choice</c> in OpenAI's and Anthropic's forms, the older <c>function_call</c>, and Gemini's <c>toolConfig</c>.</summary>
internal static class ToolChoiceReader
{
    private const string Expectation = "auto, none, required or an object that names a function";

    public static ToolChoice? Read(JsonElement payload, FaultSink faults)
    {
        if (FieldReader.FindAny(payload, FieldPath.Payload, ["tool_choice", "toolChoice", "function_call"], out var path) is { } choice)
        {
            return choice.ValueKind switch
            {
                JsonValueKind.String => ReadWord(choice, path, faults),
                JsonValueKind.Object => ReadObject(choice, path, faults),
                _ => Refuse(choice, path, faults),
            };
        }

        return FieldReader.FindAny(payload, FieldPath.Payload, ["toolConfig", "tool_config"], out path) is { ValueKind: JsonValueKind.Object } config
            ? ReadConfig(config, path)
            : null;
    }

    private static ToolChoice? ReadWord(JsonElement choice, FieldPath path, FaultSink faults) => choice.GetString() switch
    {
        "auto" => new ToolChoice(ToolChoiceMode.Auto, [], choice, path),
        "none" => new ToolChoice(ToolChoiceMode.None, [], choice, path),
        "required" or "any" => new ToolChoice(ToolChoiceMode.Required, [], choice, path),
        var word => RefuseWord(word!, path, faults),
    };

    private static ToolChoice? ReadObject(JsonElement choice, FieldPath path, FaultSink faults)
    {
        var type = FieldReader.ReadString(choice, path, "type", faults);
        var holder = FieldReader.Find(choice, "function") is { ValueKind: JsonValueKind.Object } function ? function : choice;
        var name = FieldReader.ReadString(holder, path, "name", faults);
        var read = type switch
        {
            null or "function" or "tool" when name is not null => new ToolChoice(ToolChoiceMode.Required, [name], choice, path),
            "auto" => new ToolChoice(ToolChoiceMode.Auto, [], choice, path),
            "none" => new ToolChoice(ToolChoiceMode.None, [], choice, path),
            "any" or "required" => new ToolChoice(ToolChoiceMode.Required, [], choice, path),
            "allowed_tools" => ReadAllowed(choice, path),
            null or "function" or "tool" => Refuse(choice, path, faults),
            _ => new ToolChoice(ToolChoiceMode.Opaque, [], choice, path),
        };
        var isSerial = FieldReader.ReadFlag(choice, path, "disable_parallel_tool_use", faults) ?? false;
        return isSerial && read is not null ? read with { IsSerial = true } : read;
    }

    private static ToolChoice ReadAllowed(JsonElement choice, FieldPath path)
    {
        var allowed = FieldReader.Find(choice, "allowed_tools") is { ValueKind: JsonValueKind.Object } inner ? inner : choice;
        var names = new List<string>();
        foreach (var tool in FieldReader.Find(allowed, "tools") is { ValueKind: JsonValueKind.Array } tools ? tools.EnumerateArray() : default)
        {
            var function = tool.ValueKind is JsonValueKind.Object && FieldReader.Find(tool, "function") is { ValueKind: JsonValueKind.Object } nested ? nested : tool;
            if (function.ValueKind is not JsonValueKind.Object || FieldReader.Find(function, "name") is not { ValueKind: JsonValueKind.String } name)
            {
                return new ToolChoice(ToolChoiceMode.Opaque, [], choice, path);
            }

            names.Add(name.GetString()!);
        }

        var isRequired = FieldReader.Find(allowed, "mode") is { ValueKind: JsonValueKind.String } mode && mode.ValueEquals("required"u8);
        return new ToolChoice(isRequired ? ToolChoiceMode.Required : ToolChoiceMode.Auto, names, choice, path);
    }

    private static ToolChoice? ReadConfig(JsonElement config, FieldPath path)
    {
        if (FieldReader.FindAny(config, path, ["functionCallingConfig", "function_calling_config"], out _) is not { ValueKind: JsonValueKind.Object } calling)
        {
            return null;
        }

        var names = FieldReader.FindAny(calling, path, ["allowedFunctionNames", "allowed_function_names"], out _) is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(static name => name.ValueKind is JsonValueKind.String).Select(static name => name.GetString()!).ToArray()
            : [];
        var mode = FieldReader.Find(calling, "mode") is { ValueKind: JsonValueKind.String } word ? word.GetString()!.ToUpperInvariant() : "AUTO";
        return new ToolChoice(mode switch { "ANY" => ToolChoiceMode.Required, "NONE" => ToolChoiceMode.None, _ => ToolChoiceMode.Auto }, names, config, path);
    }

    private static ToolChoice? Refuse(JsonElement choice, FieldPath path, FaultSink faults)
    {
        faults.Expected(path, Expectation, choice);
        return null;
    }

    private static ToolChoice? RefuseWord(string word, FieldPath path, FaultSink faults)
    {
        faults.Fail(path, $"expected {Expectation}, found {FaultSink.Quote(word)}.");
        return null;
    }
}
