using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>An image, sound or document.</summary>
internal sealed record MediaPart(WireForm Form, JsonElement Source, FieldPath Path, MediaKind Kind) : ContentPart(Form, Source, Path)
{
    /// <summary>Base64 data as a JSON string, or a <c>data:</c> URL whole where <see cref="MimeType"/> is null.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>An address other than a <c>data:</c> URL.</summary>
    public string? Url { get; init; }

    /// <summary>Id of a file uploaded to the provider.</summary>
    public string? FileId { get; init; }

    public string? MimeType { get; init; }

    public string? FileName { get; init; }
}
