using System.Globalization;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

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

        using var body = new ArrayPoolBufferWriter<byte>();
        BfErrorWriter.Write(body, error, actionName);
        if (error.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        await JsonResponse.WriteAsync(context, error.Status, body.WrittenMemory);
    }
}
