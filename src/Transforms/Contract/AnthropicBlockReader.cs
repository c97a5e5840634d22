using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads Anthropic's <c>image</c>, <c>document</c>, <c>tool_use</c> and <c>tool_result</c> blocks.</summary>
internal static class AnthropicBlockReader
{
    public static ContentPart? ReadMedia(JsonElement block, FieldPath path, string type, FaultSink faults)
    {
        if (FieldReader.Read(block, path, "source", JsonValueKind.Object, "an object", faults) is not { } source)
        {
            faults.Fail(path.Member("source"), "expected an object.");
            return null;
        }

        var inner = path.Member("source");
        var kind = type == "image" ? MediaKind.Image : MediaKind.File;
        switch (FieldReader.ReadString(source, inner, "type", faults))
        {
            case "base64" when FieldReader.Read(source, inner, "data", JsonValueKind.String, "a string", faults) is { } data:
                var mime = FieldReader.ReadString(source, inner, "media_type", faults);
                return new MediaPart(WireForm.Anthropic, block, inner.Member("data"), kind)
                {
                    Data = data,
                    MimeType = mime ?? (kind is MediaKind.Image ? "image/png" : "application/pdf"),
                    FileName = FieldReader.ReadString(block, path, "title", faults),
                };
            case "text" when FieldReader.Read(source, inner, "data", JsonValueKind.String, "a string", faults) is { } text:
                return new TextPart(WireForm.Anthropic, block, inner.Member("data"), text);
            case "url" when FieldReader.ReadString(source, inner, "url", faults) is { } url:
                return new MediaPart(WireForm.Anthropic, block, inner.Member("url"), kind) { Url = url };
            case "file" when FieldReader.ReadString(source, inner, "file_id", faults) is { } id:
                return new MediaPart(WireForm.Anthropic, block, inner.Member("file_id"), kind) { FileId = id };
            default:
                faults.Fail(inner, "expected a source of type base64, url, file or text with its data.");
                return null;
        }
    }

    public static ToolCallPart? ReadCall(JsonElement block, FieldPath path, FaultSink faults)
    {
        if (FieldReader.ReadString(block, path, "name", faults) is not { } name)
        {
            faults.Fail(path.Member("name"), "expected the tool's name.");
            return null;
        }

        return new ToolCallPart(WireForm.Anthropic, block, path, name)
        {
            Id = FieldReader.ReadString(block, path, "id", faults),
            Arguments = FieldReader.Read(block, path, "input", JsonValueKind.Object, "an object", faults),
        };
    }

    public static ToolResultPart ReadResult(JsonElement block, FieldPath path, FaultSink faults) => new(WireForm.Anthropic, block, path)
    {
        CallId = FieldReader.ReadString(block, path, "tool_use_id", faults),
        Content = FieldReader.Find(block, "content"),
        IsError = FieldReader.ReadFlag(block, path, "is_error", faults) ?? false,
    };
}
