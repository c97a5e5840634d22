using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Channels;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Messaging;

/// <summary>
/// <c>POST /message/command</c>: one command of a client that has no socket, answered as the socket would have been, on whatever node
/// its event stream lives. The resume token is the permission.
/// </summary>
internal sealed class CommandEndpoint(RequestIntake intake, MessagingKey key, EventStreams streams, ChannelHub hub, GuessLimiter guesses)
{
    private const string TokenName = "resumeToken";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task HandleAsync(HttpContext context)
    {
        using var bf = await intake.ReadAsync(context, static _ => false);
        if (bf is null)
        {
            return;
        }

        var address = context.Connection.RemoteIpAddress;
        if (!guesses.MayGuess(address))
        {
            await ErrorResponse.WriteAsync(context, new BfError { Status = 429, Message = "Too many unknown tokens from this address", RetryAfter = TimeSpan.FromMinutes(1), Kind = BfErrorKind.RateLimit });
            return;
        }

        var text = bf.Envelope.Root.TryGetProperty(TokenName, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (!ResumeToken.TryRead(text, await key.GetAsync(), Admission.ScopeOf(context, bf.App), out var token))
        {
            guesses.WasWrong(address);
            await ErrorResponse.WriteAsync(context, new BfError { Status = 401, Message = "resumeToken: missing, or not a token of this app and host", Kind = BfErrorKind.Authentication });
            return;
        }

        await AnswerAsync(context, token, bf.Envelope.Root);
    }

    private async Task AnswerAsync(HttpContext context, ResumeToken token, JsonElement root)
    {
        using var command = new ArrayPoolBufferWriter<byte>();
        Copy(root, command);
        if (command.WrittenCount > hub.State.Options.MaxMessageBytes)
        {
            await ErrorResponse.WriteAsync(context, new BfError { Status = 413, Message = $"A command is at most {hub.State.Options.MaxMessageBytes} bytes" });
        }
        else if (await streams.AskAsync(token, command.WrittenSpan, context.RequestAborted) is { } answer)
        {
            await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, answer);
        }
        else
        {
            await ErrorResponse.WriteAsync(context, new BfError { Status = 404, Message = "The event stream of this token has ended, or moved; open one and resume" });
        }
    }

    /// <summary>The command without what was for us, and without comments.</summary>
    private static void Copy(JsonElement root, IBufferWriter<byte> destination)
    {
        using var json = new Utf8JsonWriter(destination, Options);
        json.WriteStartObject();
        foreach (var member in root.EnumerateObject().Where(static member => !member.NameEquals(TokenName) && !member.NameEquals("apiKey")))
        {
            member.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
