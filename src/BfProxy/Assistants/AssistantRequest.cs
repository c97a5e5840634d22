using System.Diagnostics.CodeAnalysis;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary>A request for a run, as far as it can be judged without asking anybody.</summary>
/// <param name="Bf">The caller's own request.</param>
/// <param name="Envelope">The same with what its assistant adds.</param>
/// <param name="Chat">What is to be said.</param>
/// <param name="ThreadId">The thread to go on with; null for a new one.</param>
internal sealed record AssistantRequest(BfCall Bf, BfEnvelope Envelope, ChatRequest Chat, string? ThreadId) : IDisposable
{
    private readonly List<IDisposable> _kept = [];

    /// <summary>Reads a request; where that fails, <paramref name="bf"/> is the caller's to dispose of.</summary>
    public static bool TryRead(BfCall bf, AssistantCatalog assistants, [NotNullWhen(true)] out AssistantRequest? request, [NotNullWhen(false)] out BfError? error)
    {
        request = null;
        error = null;
        if (!bf.Envelope.TryReadChat(out var chat, out var fault))
        {
            error = fault.ToError();
            return false;
        }

        if (!Assistants.ThreadId.TryRead(chat.Payload, "thread_id", out var threadId))
        {
            error = ThreadErrors.BadId("payload.thread_id");
            return false;
        }

        if (!Assistants.ThreadId.TryRead(chat.Payload, "assistant_id", out var assistantId))
        {
            error = ThreadErrors.BadId("payload.assistant_id");
            return false;
        }

        var envelope = bf.Envelope;
        if (assistantId is not null)
        {
            if (assistants.Find(assistantId) is not { } defaults)
            {
                error = ThreadErrors.UnknownAssistant();
                return false;
            }

            envelope = bf.Envelope.With(defaults, []);
            if (!envelope.TryReadChat(out chat, out fault))
            {
                envelope.Dispose();
                error = fault.ToError();
                return false;
            }
        }

        request = new AssistantRequest(bf, envelope, chat, threadId);
        return true;
    }

    /// <summary>Something that is to live as long as the request.</summary>
    public void Keep(IDisposable memory) => _kept.Add(memory);

    public void Dispose()
    {
        _kept.ForEach(static memory => memory.Dispose());
        if (!ReferenceEquals(Envelope, Bf.Envelope))
        {
            Envelope.Dispose();
        }

        Bf.Dispose();
    }
}
