using System.Text.Encodings.Web;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Hooks;

/// <summary>How hook bodies are written: strings and numbers as they came, and no line breaks, which some receivers change before they check a signature.</summary>
internal static class HookJson
{
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a JSON value without the white space between its tokens.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static void WriteCompact(Utf8JsonWriter writer, ReadOnlySpan<byte> json)
    {
        using var compact = SpanOwner<byte>.Allocate(json.Length);
        var length = 0;
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (!inString && c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                continue;
            }

            compact.Span[length++] = c;
            if (c == (byte)'\\' && i + 1 < json.Length)
            {
                compact.Span[length++] = json[++i];
            }
            else if (c == (byte)'"')
            {
                inString = !inString;
            }
        }

        writer.WriteRawValue(compact.Span[..length]);
    }
}
