using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using DialectReader = BfProxy.Transforms.Dialects.StreamReader;

namespace BfProxy.Chat;

/// <summary>What an accepted chat request is answered with; always 201, as BetterForms' own server does.</summary>
internal static class ChatAnswers
{
    private const string Json = "application/json; charset=utf-8";

    public static Task AcknowledgeAsync(HttpContext context, string streamId)
    {
        Begin(context);
        PipeWriter output = context.Response.BodyWriter;
        output.Write("{\"success\":true,\"message\":\"Streaming setup complete\",\"streamId\":\""u8);
        Encoding.ASCII.GetBytes(streamId, output);
        output.Write("\"}"u8);
        return output.FlushAsync(context.RequestAborted).AsTask();
    }

    /// <summary>The one response object that a stream amounts to.</summary>
    public static Task WriteAsync(HttpContext context, DialectReader reader)
    {
        Begin(context);
        reader.WriteCompletion(context.Response.BodyWriter);
        return context.Response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    /// <summary>The provider's own response, byte for byte.</summary>
    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        Begin(context);
        context.Response.ContentLength = body.Length;
        return context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static void Begin(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = Json;
    }
}
