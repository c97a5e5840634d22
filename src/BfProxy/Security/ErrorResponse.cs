using System.Globalization;
using BfProxy.Transforms.Contract;

namespace BfProxy.Security;

/// <summary>Answers a refusal in the one shape that all of them have (contract section 9).</summary>
internal static class ErrorResponse
{
    public static async Task WriteAsync(HttpContext context, BfError error, string? actionName = null)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = error.Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        if (error.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        BfErrorWriter.Write(context.Response.BodyWriter, error, actionName);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
