namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>The addresses that Gemini's Developer API reads by itself: its own Files API and YouTube.</summary>
internal static class GeminiFileUri
{
    public static bool IsKnown(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Host.ToLowerInvariant() switch
        {
            "generativelanguage.googleapis.com" => uri.AbsolutePath.StartsWith("/v1beta/files/", StringComparison.Ordinal),
            "www.youtube.com" or "youtube.com" or "m.youtube.com" => uri.AbsolutePath == "/watch" && uri.Query.Contains("v=", StringComparison.Ordinal),
            "youtu.be" => uri.AbsolutePath.Length > 1,
            _ => false,
        };
}
