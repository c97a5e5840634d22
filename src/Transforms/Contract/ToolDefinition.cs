using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>A tool offered to the model.</summary>
/// <param name="Form">Form of <paramref name="Source"/>.</param>
/// <param name="Source">The tool as the caller wrote it.</param>
/// <param name="Path">Where it stands.</param>
/// <param name="Name">Name of a function; null for a provider's own tool, which only that provider takes.</param>
internal sealed record ToolDefinition(WireForm Form, JsonElement Source, FieldPath Path, string? Name)
{
    public JsonElement? Description { get; init; }

    /// <summary>JSON Schema of the arguments, an object; with <see cref="HasOpenApiSchema"/> Gemini's OpenAPI subset.</summary>
    public JsonElement? Parameters { get; init; }

    public JsonElement? Strict { get; init; }

    public bool HasOpenApiSchema { get; init; }
}
