using System.Text.Json;

namespace BfProxy.Sessions;

/// <summary>Writes the content of a text bubble. Markdown in a text stays as it is: the widget shows rich text only, and reads no Markdown in it.</summary>
internal static class RichText
{
    public static void Write(Utf8JsonWriter json, string text, TextFormat format)
    {
        json.WriteStartObject("content");
        if (format is TextFormat.Markdown)
        {
            json.WriteString("type", "markdown");
            json.WriteString("markdown", text);
        }
        else
        {
            json.WriteString("type", "richText");
            json.WriteStartArray("richText");
            foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
            {
                WriteParagraph(json, line);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteParagraph(Utf8JsonWriter json, string line)
    {
        json.WriteStartObject();
        json.WriteString("type", "p");
        json.WriteStartArray("children");
        json.WriteStartObject();
        json.WriteString("text", line);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
