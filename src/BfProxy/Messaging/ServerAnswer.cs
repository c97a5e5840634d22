using System.Text.Json;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Messaging;

/// <summary>How the server API answers: 201 with one object, or a refusal that names the field.</summary>
internal static class ServerAnswer
{
    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write) =>
        JsonResponse.WriteAsync(context, StatusCodes.Status201Created, Reply.Write(write));

    public static Task RefuseAsync(HttpContext context, BfCall bf, BfError error) => ErrorResponse.WriteAsync(context, error, bf.Envelope.ActionName);

    public static BfError Fault(string field, string message) => new() { Status = StatusCodes.Status400BadRequest, Message = $"{field}: {message}", Kind = BfErrorKind.BadRequest };
}
