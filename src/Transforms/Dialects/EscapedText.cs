namespace BfProxy.Transforms.Dialects;

/// <summary>Text as <see cref="IStreamSink.Delta"/> brings it: the inside of a JSON string.</summary>
public static class EscapedText
{
    /// <summary>Decodes text. Lone surrogates survive as they are; what is no UTF-8 becomes U+FFFD.</summary>
    /// <param name="escapedText">The inside of one or of several JSON strings, joined; only read.</param>
    /// <returns>The text that it stands for.</returns>
    public static string Decode(ReadOnlySpan<byte> escapedText) => StringBody.Unescape(escapedText);
}
