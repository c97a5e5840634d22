using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads Gemini's <c>parts</c>; names in camelCase or snake_case, as proto3 JSON allows. A string or a single part is taken too.</summary>
internal static class GeminiPartReader
{
    public static IReadOnlyList<ContentPart> Read(JsonElement value, FieldPath path, FaultSink faults)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return [new TextPart(WireForm.Gemini, value, path, value)];
            case JsonValueKind.Object:
                return ReadPart(value, path, faults) is { } single ? [single] : [];
            case JsonValueKind.Array:
                return ReadAll(value, path, faults);
            default:
                faults.Expected(path, "an array of parts", value);
                return [];
        }
    }

    private static List<ContentPart> ReadAll(JsonElement list, FieldPath path, FaultSink faults)
    {
        var parts = new List<ContentPart>(list.GetArrayLength());
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (ReadPart(item, path.Item(index++), faults) is not { } part)
            {
                break;
            }

            parts.Add(part);
        }

        return parts;
    }

    private static ContentPart? ReadPart(JsonElement part, FieldPath path, FaultSink faults)
    {
        if (part.ValueKind is JsonValueKind.String)
        {
            return new TextPart(WireForm.Gemini, part, path, part);
        }

        if (part.ValueKind is not JsonValueKind.Object)
        {
            faults.Expected(path, "an object", part);
            return null;
        }

        if (part.TryGetProperty("thought"u8, out var thought) && thought.ValueKind is JsonValueKind.True)
        {
            return new ThinkingPart(WireForm.Gemini, part, path);
        }

        if (part.TryGetProperty("text"u8, out var text))
        {
            return text.ValueKind is JsonValueKind.String ? new TextPart(WireForm.Gemini, part, path, text) : Refuse(path.Member("text"), "a string", text, faults);
        }

        return FieldReader.FindAny(part, path, ["inlineData", "inline_data", "fileData", "file_data"], out var inner) is { } media
            ? ReadMedia(part, media, inner, faults)
            : ReadFunction(part, path, faults);
    }

    private static ContentPart? ReadMedia(JsonElement part, JsonElement media, FieldPath path, FaultSink faults)
    {
        if (media.ValueKind is not JsonValueKind.Object)
        {
            return Refuse(path, "an object", media, faults);
        }

        var mime = FieldReader.ReadString(media, path, "mimeType", faults) ?? FieldReader.ReadString(media, path, "mime_type", faults);
        var data = FieldReader.Read(media, path, "data", JsonValueKind.String, "a string", faults);
        var uri = FieldReader.ReadString(media, path, "fileUri", faults) ?? FieldReader.ReadString(media, path, "file_uri", faults);
        if (data is null && uri is null)
        {
            faults.Fail(path, "expected data or fileUri.");
            return null;
        }

        return new MediaPart(WireForm.Gemini, part, path, KindOf(mime)) { Data = data, Url = uri, MimeType = mime ?? "application/octet-stream" };
    }

    private static ContentPart? ReadFunction(JsonElement part, FieldPath path, FaultSink faults)
    {
        var call = FieldReader.FindAny(part, path, ["functionCall", "function_call"], out var callPath);
        var result = FieldReader.FindAny(part, path, ["functionResponse", "function_response"], out var resultPath);
        if ((call ?? result) is not { } function)
        {
            return ReadOpaque(part, path, faults);
        }

        var inner = call is null ? resultPath : callPath;
        if (function.ValueKind is not JsonValueKind.Object)
        {
            return Refuse(inner, "an object", function, faults);
        }

        if (FieldReader.ReadString(function, inner, "name", faults) is not { } name)
        {
            faults.Fail(inner.Member("name"), "expected the function's name.");
            return null;
        }

        var id = FieldReader.ReadString(function, inner, "id", faults);
        return call is null
            ? new ToolResultPart(WireForm.Gemini, part, path) { CallId = id, Name = name, Content = FieldReader.Find(function, "response") }
            : new ToolCallPart(WireForm.Gemini, part, path, name)
            {
                Id = id,
                Arguments = FieldReader.Read(function, inner, "args", JsonValueKind.Object, "an object", faults),
                ThoughtSignature = FieldReader.Find(part, "thoughtSignature") ?? FieldReader.Find(part, "thought_signature"),
            };
    }

    private static OpaquePart? ReadOpaque(JsonElement part, FieldPath path, FaultSink faults)
    {
        foreach (var member in part.EnumerateObject())
        {
            return new OpaquePart(WireForm.Gemini, part, path, member.Name);
        }

        faults.Fail(path, "expected a part with content.");
        return null;
    }

    private static ContentPart? Refuse(FieldPath path, string expected, JsonElement found, FaultSink faults)
    {
        faults.Expected(path, expected, found);
        return null;
    }

    private static MediaKind KindOf(string? mime) => mime switch
    {
        _ when mime?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) is true => MediaKind.Image,
        _ when mime?.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) is true => MediaKind.Audio,
        _ => MediaKind.File,
    };
}
