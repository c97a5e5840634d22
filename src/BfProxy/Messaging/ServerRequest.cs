using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Messaging;

/// <summary>Reads single fields of the server API, as FileMaker writes them; <c>null</c> and <c>""</c> mean absent.</summary>
internal static class ServerRequest
{
    public static bool TryFind(JsonElement parent, string name, out JsonElement value) =>
        parent.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(""u8));

    /// <summary>A text, also written as a number; null where it is neither.</summary>
    public static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    /// <summary>A boolean, also written as 0, 1, "true" or "false".</summary>
    public static bool TryReadFlag(JsonElement root, string name, ref bool flag, [NotNullWhen(false)] out BfError? error)
    {
        error = null;
        if (!TryFind(root, name, out var value))
        {
            return true;
        }

        var isTrue = value.ValueKind == JsonValueKind.True || Text(value) is "1" or "true";
        if (!isTrue && value.ValueKind != JsonValueKind.False && Text(value) is not ("0" or "false"))
        {
            error = ServerAnswer.Fault(name, "expected a boolean");
            return false;
        }

        flag = isTrue;
        return true;
    }

    /// <summary>The elements of an array, or the one that stands there without.</summary>
    public static IEnumerable<JsonElement> Each(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
}
