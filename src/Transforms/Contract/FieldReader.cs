using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads single fields; <c>null</c> and <c>""</c> mean absent.</summary>
internal static class FieldReader
{
    private const int MaxKeyLength = 512;

    /// <summary>Finds a field that says something.</summary>
    public static bool TryFind(JsonElement parent, string name, out JsonElement value) =>
        parent.TryGetProperty(name, out value) && value.ValueKind is not JsonValueKind.Null && !IsEmptyString(value);

    public static JsonElement? Find(JsonElement parent, string name) => TryFind(parent, name, out var value) ? value : null;

    /// <summary>Finds a field under the first of several names that says something.</summary>
    public static JsonElement? FindAny(JsonElement parent, FieldPath path, ReadOnlySpan<string> names, out FieldPath found)
    {
        foreach (var name in names)
        {
            if (TryFind(parent, name, out var value))
            {
                found = path.Member(name);
                return value;
            }
        }

        found = path.Member(names[0]);
        return null;
    }

    public static string? ReadString(JsonElement parent, FieldPath path, string name, FaultSink faults)
    {
        if (!TryFind(parent, name, out var value))
        {
            return null;
        }

        if (value.ValueKind is not JsonValueKind.String)
        {
            faults.Expected(path.Member(name), "a string", value);
            return null;
        }

        return value.GetString();
    }

    /// <summary>Reads a field of one kind.</summary>
    public static JsonElement? Read(JsonElement parent, FieldPath path, string name, JsonValueKind kind, string expected, FaultSink faults)
    {
        if (!TryFind(parent, name, out var value))
        {
            return null;
        }

        if (value.ValueKind != kind)
        {
            faults.Expected(path.Member(name), expected, value);
            return null;
        }

        return value;
    }

    /// <summary>Reads a key: visible ASCII, since it becomes part of a header.</summary>
    public static string? ReadKey(JsonElement parent, FieldPath path, string name, FaultSink faults)
    {
        var key = ReadString(parent, path, name, faults);
        if (key is null)
        {
            return null;
        }

        if (key.Length > MaxKeyLength || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            faults.Fail(path.Member(name), "expected a key of at most 512 visible ASCII characters.");
            return null;
        }

        return key;
    }

    /// <summary>Reads a boolean, also written as 0, 1, "true" or "false".</summary>
    public static bool? ReadFlag(JsonElement parent, FieldPath path, string name, FaultSink faults)
    {
        if (!TryFind(parent, name, out var value))
        {
            return null;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.True:
            case JsonValueKind.String when value.ValueEquals("true"u8):
            case JsonValueKind.Number when value.TryGetInt32(out var one) && one == 1:
                return true;
            case JsonValueKind.False:
            case JsonValueKind.String when value.ValueEquals("false"u8):
            case JsonValueKind.Number when value.TryGetInt32(out var zero) && zero == 0:
                return false;
            default:
                faults.Expected(path.Member(name), "a boolean", value);
                return null;
        }
    }

    private static bool IsEmptyString(JsonElement value) => value.ValueKind is JsonValueKind.String && value.ValueEquals(ReadOnlySpan<byte>.Empty);
}
