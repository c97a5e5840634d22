using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary>Refusals that concern a thread or an assistant.</summary>
internal static class ThreadErrors
{
    public const string OldPrefix = "thread_";

    public static BfError Unknown(string threadId) => new()
    {
        Status = StatusCodes.Status404NotFound,
        Message = threadId.StartsWith(OldPrefix, StringComparison.Ordinal)
            ? "payload.thread_id: this thread no longer exists: threads of OpenAI's Assistants API went with it on 2026-08-26; leave thread_id out to begin a new one"
            : "payload.thread_id: there is no such thread; leave thread_id out to begin a new one",
        Kind = BfErrorKind.NotFound,
    };

    public static BfError UnknownAssistant() => new()
    {
        Status = StatusCodes.Status404NotFound,
        Message = "payload.assistant_id: no such assistant is configured (BfProxy:Assistants); OpenAI's own assistants are gone since 2026-08-26",
        Kind = BfErrorKind.NotFound,
    };

    public static BfError Busy() => new()
    {
        Status = StatusCodes.Status409Conflict,
        Message = "payload.thread_id: another run is under way on this thread",
        RetryAfter = TimeSpan.FromSeconds(1),
        Kind = BfErrorKind.Overloaded,
    };

    public static BfError TooLarge(int maxBytes) => new()
    {
        Status = StatusCodes.Status413PayloadTooLarge,
        Message = $"payload.messages: larger than a thread may be, {maxBytes} bytes (BfProxy:Threads:MaxBytes)",
        Kind = BfErrorKind.TooLarge,
    };

    public static BfError OpenAiOnly(string type, string provider) => new()
    {
        Status = StatusCodes.Status400BadRequest,
        Message = $"payload.tools: '{type}' is a tool of OpenAI's, which provider '{provider}' does not have",
        Kind = BfErrorKind.BadRequest,
    };

    public static BfError BadId(string field) => new()
    {
        Status = StatusCodes.Status400BadRequest,
        Message = $"{field}: expected an id, a string of 1 to 128 letters, digits, '_' and '-'",
        Kind = BfErrorKind.BadRequest,
    };
}
