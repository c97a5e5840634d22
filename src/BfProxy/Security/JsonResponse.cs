namespace BfProxy.Security;

/// <summary>Sends a JSON body that is complete before its first byte goes out: what fails while it is written leaves no half response behind.</summary>
internal static class JsonResponse
{
    public static Task WriteAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentLength = body.Length;
        return context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
