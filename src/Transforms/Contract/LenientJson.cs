using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads JSON as FileMaker and people write it: BOM, comments, trailing commas, any line ends; the last of duplicate keys wins.</summary>
internal static class LenientJson
{
    private static readonly JsonDocumentOptions Unique = Options(allowDuplicates: false);
    private static readonly JsonDocumentOptions Lenient = Options(allowDuplicates: true);

    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out RequestFault? fault)
    {
        var json = body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
        fault = json.Span.TrimStart(" \t\r\n"u8).IsEmpty ? TextPosition.Of(json.Span, 0).ToFault("the body is empty; expected a JSON object.") : FindBadText(json.Span);
        document = fault is null ? Parse(json, out fault) : null;
        if (document is not null && document.RootElement.ValueKind is not JsonValueKind.Object)
        {
            document.Dispose();
            document = null;
            fault = new RequestFault(400, string.Empty, "The body is JSON, but not an object.");
        }

        return document is not null;
    }

    private static RequestFault? FindBadText(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return TextPosition.FirstInvalid(json).ToFault("the text is not valid UTF-8.");
        }

        var lone = SurrogateEscapes.FindLone(json);
        return lone < 0 ? null : TextPosition.Of(json, lone).ToFault("a \\u escape stands for half a character.");
    }

    // Comments in odd places and duplicate keys are rare: only a body that has them is written anew without.
    private static JsonDocument? Parse(ReadOnlyMemory<byte> json, out RequestFault? fault)
    {
        fault = null;
        try
        {
            return JsonDocument.Parse(json, Unique);
        }
        catch (JsonException)
        {
            return ParseAgain(json, out fault);
        }
    }

    private static JsonDocument? ParseAgain(ReadOnlyMemory<byte> json, out RequestFault? fault)
    {
        fault = null;
        try
        {
            using var document = JsonDocument.Parse(JsonComments.Blank(json.Span) ?? json, Lenient);
            return JsonDocument.Parse(DuplicateKeys.Remove(document.RootElement), Lenient);
        }
        catch (JsonException syntax)
        {
            fault = TextPosition.Of(json.Span, syntax).ToFault(Cause(syntax));
            return null;
        }
    }

    private static string Cause(JsonException syntax)
    {
        var end = syntax.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var cause = end < 0 ? syntax.Message : syntax.Message[..end];
        return cause.Length <= 160 ? cause : string.Concat(cause.AsSpan(0, 160), "…");
    }

    private static JsonDocumentOptions Options(bool allowDuplicates) => new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = JsonCopy.MaxDepth,
        AllowDuplicateProperties = allowDuplicates,
    };
}
