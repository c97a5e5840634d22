using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>Fields of Gemini's <c>generationConfig</c>, which proto3 JSON spells in two ways.</summary>
internal static class GenerationField
{
    public static JsonElement? Find(JsonElement parent, string camelCase, string snakeCase) =>
        FieldReader.Find(parent, camelCase) ?? FieldReader.Find(parent, snakeCase);
}
