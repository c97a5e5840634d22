using System.Text.Json;
using BfProxy.Backplane;

namespace BfProxy.Sessions;

/// <summary>Keeps conversations in what the nodes share, for as long as their bot says after the last change.</summary>
internal sealed class SessionStore(IStateStore store)
{
    private const string Prefix = "sessions:";

    public async ValueTask<string> AddAsync(ChatSession session, Bot bot, CancellationToken cancellationToken)
    {
        var id = SessionId.New();
        await store.SetAsync(Prefix + id, Write(session), bot.Options.SessionTtl, cancellationToken);
        return id;
    }

    /// <summary>Null where there is no such conversation, or no more.</summary>
    public async ValueTask<StoredSession?> FindAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Prefix + id, cancellationToken) is { } bytes ? new StoredSession(id, JsonSerializer.Deserialize(bytes, SessionJson.Default.ChatSession)!, bytes) : null;

    /// <summary>Null where somebody else has changed the conversation since it was read.</summary>
    public async ValueTask<StoredSession?> ChangeAsync(StoredSession stored, ChatSession session, Bot bot, CancellationToken cancellationToken)
    {
        var bytes = Write(session);
        return await store.TryReplaceAsync(Prefix + stored.Id, stored.Bytes, bytes, bot.Options.SessionTtl, cancellationToken) ? new StoredSession(stored.Id, session, bytes) : null;
    }

    private static byte[] Write(ChatSession session) => JsonSerializer.SerializeToUtf8Bytes(session, SessionJson.Default.ChatSession);
}
