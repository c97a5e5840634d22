using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads OpenAI's <c>image_url</c>, <c>input_audio</c> and <c>file</c> parts.</summary>
internal static class OpenAiMediaReader
{
    public static MediaPart? Read(JsonElement block, FieldPath path, string type, FaultSink faults)
    {
        if (FieldReader.Read(block, path, type, JsonValueKind.Object, "an object", faults) is not { } source)
        {
            faults.Fail(path.Member(type), "expected an object.");
            return null;
        }

        var inner = path.Member(type);
        return type switch
        {
            "image_url" => ReadImage(block, source, inner, faults),
            "input_audio" => ReadAudio(block, source, inner, faults),
            _ => ReadFile(block, source, inner, faults),
        };
    }

    private static MediaPart? ReadImage(JsonElement block, JsonElement source, FieldPath path, FaultSink faults)
    {
        if (FieldReader.Read(source, path, "url", JsonValueKind.String, "a string", faults) is not { } url)
        {
            faults.Fail(path.Member("url"), "expected an address.");
            return null;
        }

        var image = new MediaPart(WireForm.OpenAi, block, path.Member("url"), MediaKind.Image);
        return DataUrl.IsIn(url) ? image with { Data = url } : image with { Url = url.GetString() };
    }

    private static MediaPart? ReadAudio(JsonElement block, JsonElement source, FieldPath path, FaultSink faults)
    {
        if (FieldReader.Read(source, path, "data", JsonValueKind.String, "a string", faults) is not { } data)
        {
            faults.Fail(path.Member("data"), "expected base64 data.");
            return null;
        }

        var format = FieldReader.ReadString(source, path, "format", faults) ?? "wav";
        return new MediaPart(WireForm.OpenAi, block, path.Member("data"), MediaKind.Audio) { Data = data, MimeType = "audio/" + format };
    }

    private static MediaPart? ReadFile(JsonElement block, JsonElement source, FieldPath path, FaultSink faults)
    {
        var data = FieldReader.Read(source, path, "file_data", JsonValueKind.String, "a string", faults);
        var id = FieldReader.ReadString(source, path, "file_id", faults);
        if (data is null && id is null)
        {
            faults.Fail(path, "expected file_data or file_id.");
            return null;
        }

        return new MediaPart(WireForm.OpenAi, block, path.Member(data is null ? "file_id" : "file_data"), MediaKind.File)
        {
            Data = data,
            FileId = id,
            MimeType = data is { } given && !DataUrl.IsIn(given) ? "application/pdf" : null,
            FileName = FieldReader.ReadString(source, path, "filename", faults),
        };
    }
}
