using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BfProxy.Tests.Operations.OpenApi;

/// <summary>Checks a value against a JSON Schema of the document; a keyword that it does not know is a fault of the schema.</summary>
internal sealed class SchemaCheck(JsonObject document)
{
    private static readonly string[] Remarks = ["description", "default", "example"];

    /// <summary>What is wrong, each with its place; empty where the value is as described.</summary>
    public IReadOnlyList<string> Faults(JsonNode? value, JsonNode schema)
    {
        var faults = new List<string>();
        Check(value, schema.AsObject(), "$", faults);
        return faults;
    }

    public JsonObject Resolve(JsonObject schema)
    {
        while (schema["$ref"] is { } reference)
        {
            schema = reference.GetValue<string>().TrimStart('#', '/').Split('/').Aggregate((JsonNode)document, static (node, part) => node[part] ?? throw new InvalidDataException(part)).AsObject();
        }

        return schema;
    }

    private void Check(JsonNode? value, JsonObject schema, string at, List<string> faults)
    {
        foreach (var (keyword, rule) in schema.Where(static rule => !Remarks.Contains(rule.Key, StringComparer.Ordinal)))
        {
            switch (keyword)
            {
                case "$ref":
                    Check(value, Resolve(schema), at, faults);
                    break;
                case "oneOf":
                    CheckOne(value, rule!.AsArray(), at, faults);
                    break;
                case "allOf":
                    Assert.All(rule!.AsArray(), part => Check(value, part!.AsObject(), at, faults));
                    break;
                default:
                    if (!Holds(value, schema, keyword, rule!, at, faults))
                    {
                        faults.Add($"{at}: {keyword} {rule!.ToJsonString()} does not hold for {value?.ToJsonString() ?? "null"}");
                    }

                    break;
            }
        }
    }

    private void CheckOne(JsonNode? value, JsonArray choices, string at, List<string> faults)
    {
        var tries = choices.Select(choice => Faults(value, choice!)).ToList();
        var fits = tries.Count(static found => found.Count == 0);
        if (fits != 1)
        {
            faults.Add($"{at}: fits {fits} of {choices.Count} choices: {string.Join(" | ", tries.Select(static found => string.Join("; ", found)))}");
        }
    }

    private bool Holds(JsonNode? value, JsonObject schema, string keyword, JsonNode rule, string at, List<string> faults) => keyword switch
    {
        "type" => rule is JsonArray types ? types.Any(type => IsType(value, type!.GetValue<string>())) : IsType(value, rule.GetValue<string>()),
        "const" => JsonNode.DeepEquals(value, rule),
        "enum" => rule.AsArray().Any(allowed => JsonNode.DeepEquals(value, allowed)),
        "pattern" => value is not JsonValue || Regex.IsMatch(value.GetValue<string>(), rule.GetValue<string>(), RegexOptions.None, TimeSpan.FromSeconds(1)),
        "minLength" => value is not JsonValue || value.GetValue<string>().Length >= rule.GetValue<int>(),
        "maxLength" => value is not JsonValue || value.GetValue<string>().Length <= rule.GetValue<int>(),
        "minimum" => value is not JsonValue || value.GetValue<decimal>() >= rule.GetValue<decimal>(),
        "maximum" => value is not JsonValue || value.GetValue<decimal>() <= rule.GetValue<decimal>(),
        "minItems" => value is not JsonArray items || items.Count >= rule.GetValue<int>(),
        "items" => CheckItems(value, rule.AsObject(), at, faults),
        "required" => value is not JsonObject members || rule.AsArray().All(name => members.ContainsKey(name!.GetValue<string>())),
        "properties" => CheckMembers(value, rule.AsObject(), at, faults),
        "additionalProperties" => CheckOthers(value, schema["properties"]?.AsObject(), rule, at, faults),
        _ => throw new InvalidDataException($"{at}: the check does not know '{keyword}'"),
    };

    private bool CheckItems(JsonNode? value, JsonObject schema, string at, List<string> faults)
    {
        foreach (var item in value as JsonArray ?? [])
        {
            Check(item, schema, $"{at}[{item?.GetElementIndex()}]", faults);
        }

        return true;
    }

    private bool CheckMembers(JsonNode? value, JsonObject schemas, string at, List<string> faults)
    {
        foreach (var (name, member) in value as JsonObject ?? [])
        {
            if (schemas[name] is JsonObject schema)
            {
                Check(member, schema, $"{at}.{name}", faults);
            }
        }

        return true;
    }

    private bool CheckOthers(JsonNode? value, JsonObject? known, JsonNode rule, string at, List<string> faults)
    {
        foreach (var (name, member) in (value as JsonObject ?? []).Where(member => known?.ContainsKey(member.Key) != true))
        {
            if (rule is not JsonObject schema)
            {
                faults.Add($"{at}: has '{name}', which is not described");
            }
            else
            {
                Check(member, schema, $"{at}.{name}", faults);
            }
        }

        return true;
    }

    private static bool IsType(JsonNode? value, string type) => (value?.GetValueKind() ?? JsonValueKind.Null, type) switch
    {
        (JsonValueKind.String, "string") or (JsonValueKind.Number, "number") or (JsonValueKind.Object, "object") or (JsonValueKind.Array, "array") or (JsonValueKind.Null, "null") => true,
        (JsonValueKind.True or JsonValueKind.False, "boolean") => true,
        (JsonValueKind.Number, "integer") => decimal.IsInteger(value!.GetValue<decimal>()),
        _ => false,
    };
}
