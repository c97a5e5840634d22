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
    public bool TryCreate(Bot bot, ChatSession session, [NotNullWhen(true)] out BotQuestion? question, [NotNullWhen(false)] out BfError? error)
    {
        question = null;
        if (apps.Current.FindByName(bot.Options.App) is not { } app)
        {
            error = new BfError { Status = StatusCodes.Status503ServiceUnavailable, Message = $"there is no app '{bot.Options.App}'", Kind = BfErrorKind.Server };
            return false;
        }

        var json = new ArrayPoolBufferWriter<byte>();
        Write(json, bot.Options, session);
        if (!BfEnvelope.TryParse(json.WrittenMemory, out var envelope, out var fault))
        {
            json.Dispose();
            error = fault.ToError();
            return false;
        }

        if (!envelope.TryReadChat(out var request, out fault))
        {
            error = fault.ToError();
        }
        else if (calls.TryCreate(request, app, out var call, out error, mustStream: true))
        {
            question = new BotQuestion(call, calls.PlanFor(request, app, call, mustStream: true), envelope, json);
            return true;
        }

        envelope.Dispose();
        json.Dispose();
        return false;
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
