using System.Text.Encodings.Web;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Values of our own among a request's; they belong to no pooled document.</summary>
internal static class MadeJson
{
    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
        return document.RootElement.Clone();
    }

    /// <summary>A JSON string.</summary>
    public static JsonElement Text(string text) => Parse($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"");
}
