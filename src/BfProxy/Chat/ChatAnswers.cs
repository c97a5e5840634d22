using System.Text;
using BfProxy.Security;
using CommunityToolkit.HighPerformance.Buffers;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Chat;

/// <summary>What an accepted chat request is answered with; always 201, as BetterForms' own server does.</summary>
internal static class ChatAnswers
{
    public static Task AcknowledgeAsync(HttpContext context, string streamId) =>
        WriteAsync(context, Encoding.ASCII.GetBytes($$"""{"success":true,"message":"Streaming setup complete","streamId":"{{streamId}}"}"""));

    /// <summary>The one response object that a stream amounts to.</summary>
    public static async Task WriteAsync(HttpContext context, DialectReader reader)
    {
        using var body = new ArrayPoolBufferWriter<byte>();
        reader.WriteCompletion(body);
        await WriteAsync(context, body.WrittenMemory);
    }

    /// <summary>The provider's own response, byte for byte.</summary>
    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body) => JsonResponse.WriteAsync(context, StatusCodes.Status201Created, body);
}
