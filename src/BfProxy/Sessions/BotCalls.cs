using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Sessions;

/// <summary>Makes of a conversation the request that any caller of its app could have sent.</summary>
internal sealed class BotCalls(CallFactory calls, Settings<AppCatalog> apps)
{
    public bool TryCreate(Bot bot, ChatSession session, [NotNullWhen(true)] out ProviderCall? call, [NotNullWhen(false)] out BfError? error)
    {
        call = null;
        if (apps.Current.FindByName(bot.Options.App) is not { } app)
        {
            error = new BfError { Status = StatusCodes.Status503ServiceUnavailable, Message = $"there is no app '{bot.Options.App}'", Kind = BfErrorKind.Server };
            return false;
        }

        using var json = new ArrayPoolBufferWriter<byte>();
        Write(json, bot.Options, session);
        if (!BfEnvelope.TryParse(json.WrittenMemory, out var envelope, out var fault))
        {
            error = fault.ToError();
            return false;
        }

        using (envelope)
        {
            if (envelope.TryReadChat(out var request, out fault))
            {
                return calls.TryCreate(request, app, out call, out error, mustStream: true);
            }

            error = fault.ToError();
            return false;
        }
    }

    private static void Write(IBufferWriter<byte> output, BotOptions bot, ChatSession session)
    {
        using var json = new Utf8JsonWriter(output, SessionReply.WriterOptions);
        json.WriteStartObject();
        json.WriteStartObject("payload");
        json.WriteString("provider", bot.Provider);
        if (!string.IsNullOrEmpty(bot.Model))
        {
            json.WriteString("model", bot.Model);
        }

        if (!string.IsNullOrWhiteSpace(bot.Instructions))
        {
            json.WriteString("system", Template.Render(bot.Instructions, session.Variables));
        }

        json.WriteStartArray("messages");
        foreach (var said in session.History)
        {
            json.WriteStartObject();
            json.WriteString("role", said.ByVisitor ? "user" : "assistant");
            json.WriteString("content", said.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
