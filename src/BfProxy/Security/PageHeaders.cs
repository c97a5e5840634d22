namespace BfProxy.Security;

/// <summary>What a page of ours tells the browser to refuse.</summary>
internal static class PageHeaders
{
    private const string OneYear = "max-age=31536000";
    private const string Localhost = "localhost";

    public static void Apply(HttpContext context, string contentSecurityPolicy)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = contentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        // A browser would hold every other program on this machine's localhost to it.
        if (context.Request.IsHttps && !context.Request.Host.Host.Equals(Localhost, StringComparison.OrdinalIgnoreCase))
        {
            headers.StrictTransportSecurity = OneYear;
        }
    }
}
