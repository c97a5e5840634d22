using System.Text;
using System.Text.Json;
using BfProxy.Backplane;
using BfProxy.Forwarding;
using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary>OpenAI's conversations as threads: made with the app's name on them, and known to be the app's by it.</summary>
internal sealed class ProviderThreads(ProviderExchange exchange, IStateStore store, TimeProvider time, ILogger<ProviderThreads> logger)
{
    private const string IdPrefix = "conv_";
    private const string OwnerPrefix = "assistants:owner:";
    private const string Mark = "bfproxy_app";
    private static readonly TimeSpan OwnerKnown = TimeSpan.FromDays(1);

    /// <summary>Makes a conversation.</summary>
    /// <param name="call">With whose key.</param>
    /// <param name="app">Whose it is to be.</param>
    /// <param name="plan">Says what else may be tried where the provider refuses.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its id, or why there is none.</returns>
    public async Task<(string? Id, BfError? Error)> CreateAsync(ProviderCall call, string app, AttemptPlan? plan, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"metadata":{"{{{Mark}}}":"{{{JsonEncodedText.Encode(app)}}}"}}""");
        var reply = await SendAsync(call, "POST", "", "", body, cancellationToken, plan);
        if (reply.Error is { } error)
        {
            return (null, error);
        }

        return reply.TryRead(static made => ThreadId.TryRead(made, "id", out var text) && text is not null ? text : "", out var id) && id.Length > 0
            ? (id, null)
            : (null, Nonsense(call, "made a conversation without an id"));
    }

    /// <summary>Why an app may not go on with a conversation; null where it may.</summary>
    public async Task<BfError?> CheckAsync(ProviderCall call, string app, string id, Func<AttemptPlan?> plan, CancellationToken cancellationToken)
    {
        if (!id.StartsWith(IdPrefix, StringComparison.Ordinal))
        {
            return ThreadErrors.Unknown(id);
        }

        var key = $"{OwnerPrefix}{call.Provider.Name}:{id}";
        if (await store.GetAsync(key, cancellationToken) is { } known)
        {
            return Encoding.UTF8.GetString(known) == app ? null : ThreadErrors.Unknown(id);
        }

        var reply = await SendAsync(call, "GET", "/" + id, "", [], cancellationToken, plan());
        if (reply.Error is { } error)
        {
            return error.Status == StatusCodes.Status404NotFound ? ThreadErrors.Unknown(id) : error;
        }

        if (!reply.TryRead(conversation => IsOf(app, conversation), out var isOurs))
        {
            return Nonsense(call, "described a conversation with something that is no JSON object");
        }

        if (!isOurs)
        {
            return ThreadErrors.Unknown(id);
        }

        await store.SetAsync(key, Encoding.UTF8.GetBytes(app), OwnerKnown, cancellationToken);
        return null;
    }

    public ProviderThread Open(ChatRequest request, string id) => new(this, request.InConversation(id), id, time, logger);

    /// <summary>Asks for something below a conversation, with the key of a call.</summary>
    public Task<ProviderReply> SendAsync(ProviderCall call, string method, string path, string query, byte[] body, CancellationToken cancellationToken, AttemptPlan? plan = null)
    {
        var native = call.Native with { Path = "/v1/conversations" + path, Query = query, Method = method };
        return exchange.SendAsync(new ProviderCall(call.Provider, call.Dialect, call.Model, native, body, call.Key, Streams: false), plan, cancellationToken);
    }

    private static BfError Nonsense(ProviderCall call, string what) =>
        new() { Status = StatusCodes.Status502BadGateway, Message = $"The provider {what}", Provider = call.Provider.Name, Kind = BfErrorKind.Malformed };

    private static bool IsOf(string app, JsonElement conversation) =>
        conversation.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty(Mark, out var owner) && owner.ValueKind == JsonValueKind.String && owner.ValueEquals(app);
}
