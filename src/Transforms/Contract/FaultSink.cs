using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Keeps the first fault of a request while it is read.</summary>
internal sealed class FaultSink
{
    private const int MaxQuoted = 64;

    public RequestFault? First { get; private set; }

    /// <summary>Records a fault and returns false, for the caller to return in turn.</summary>
    public bool Fail(FieldPath field, string message)
    {
        var name = field.ToString();
        First ??= new RequestFault(400, name, $"{name}: {message}");
        return false;
    }

    public bool Expected(FieldPath field, string expected, JsonElement found) => Fail(field, $"expected {expected}, found {Describe(found)}.");

    /// <summary>Quotes a caller's text, cut short and without control characters.</summary>
    public static string Quote(string text)
    {
        var cut = text.Length > MaxQuoted ? text.AsSpan(0, char.IsHighSurrogate(text[MaxQuoted - 1]) ? MaxQuoted - 1 : MaxQuoted) : text;
        Span<char> shown = stackalloc char[cut.Length];
        for (var i = 0; i < cut.Length; i++)
        {
            shown[i] = char.IsControl(cut[i]) ? ' ' : cut[i];
        }

        return cut.Length < text.Length ? $"'{shown}…'" : $"'{shown}'";
    }

    private static string Describe(JsonElement found) => found.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => found.GetArrayLength() == 0 ? "an empty array" : "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "null",
        _ => "nothing",
    };
}
