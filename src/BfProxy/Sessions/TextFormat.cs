namespace BfProxy.Sessions;

/// <summary>How the text of bubbles is written.</summary>
internal enum TextFormat
{
    /// <summary>Paragraphs as a tree; the only one that the widget shows.</summary>
    RichText,

    Markdown,
}
