using System.Buffers;
using System.Globalization;
using System.Text.Json;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Sessions;

/// <summary>Answers a refusal as Typebot does; its widget shows or logs the message.</summary>
internal static class SessionRefusal
{
    public static BfError NoBot() => Of(StatusCodes.Status404NotFound, "Bot not found.");

    public static BfError NoSession() => Of(StatusCodes.Status404NotFound, "Session not found or expired. You need to start a new session.");

    public static BfError NothingToStream() => Of(StatusCodes.Status400BadRequest, "Nothing is to be streamed: send the visitor's message to continueChat first.");

    public static BfError Busy() => Of(StatusCodes.Status409Conflict, "Another request of this session was faster.");

    public static BfError BadField(string field, string message) => Of(StatusCodes.Status400BadRequest, $"{field}: {message}");

    public static BfError Of(int status, string message) => new() { Status = status, Message = message, Kind = BfErrorKind.BadRequest };

    public static async Task WriteAsync(HttpContext context, BfError error)
    {
        using var body = new ArrayPoolBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body, SessionReply.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteBoolean("defined", value: false);
            json.WriteString("code", CodeOf(error.Status));
            json.WriteNumber("status", error.Status);
            json.WriteString("message", error.Message);
            json.WriteEndObject();
        }

        if (error.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        await JsonResponse.WriteAsync(context, error.Status, body.WrittenMemory);
    }

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "BAD_REQUEST",
        StatusCodes.Status403Forbidden => "FORBIDDEN",
        StatusCodes.Status404NotFound => "NOT_FOUND",
        StatusCodes.Status405MethodNotAllowed => "METHOD_NOT_SUPPORTED",
        StatusCodes.Status409Conflict => "CONFLICT",
        StatusCodes.Status413PayloadTooLarge => "PAYLOAD_TOO_LARGE",
        StatusCodes.Status415UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
        StatusCodes.Status429TooManyRequests => "TOO_MANY_REQUESTS",
        _ => "SERVICE_UNAVAILABLE",
    };
}
