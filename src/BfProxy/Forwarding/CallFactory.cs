using System.Diagnostics.CodeAnalysis;
using BfProxy.Configuration;
using BfProxy.Routing;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Forwarding;

/// <summary>Turns a uniform request into the call of one provider: chooses provider, key and model, and has the dialect write the body.</summary>
internal sealed class CallFactory(Settings<ProviderCatalog> providers, RequestImages images, TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Writes the first call of a request.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="app">For whom.</param>
    /// <param name="call">The call, where it could be made.</param>
    /// <param name="error">Why it could not.</param>
    /// <param name="mustStream">Whether the answer is needed as a stream, even where the caller and the configuration want it plain.</param>
    public bool TryCreate(ChatRequest request, App app, [NotNullWhen(true)] out ProviderCall? call, [NotNullWhen(false)] out BfError? error, bool mustStream = false)
    {
        call = null;
        if (providers.Current.Find(request.Provider) is not { } provider)
        {
            var known = string.Join(", ", providers.Current.All.Select(p => p.Name).Where(app.MayUse));
            error = BadField("payload.provider", $"unknown provider; expected one of {known}");
            return false;
        }

        if (!app.MayUse(provider.Name))
        {
            error = new BfError { Status = 403, Message = $"payload.provider: this app may not use provider '{provider.Name}'", Kind = BfErrorKind.Permission };
            return false;
        }

        var key = request.ProviderKey ?? provider.Keys.Take(Now);
        if (key is null && provider.Options.KeyRequired)
        {
            error = BadField("payload.apiKey", $"a key for provider '{provider.Name}' is required: neither the request nor the server has one");
            return false;
        }

        return TryChooseModel(request, provider, out var model, out error) && TryWrite(request, provider, model, key, mustStream, out call, out error);
    }

    /// <summary>Writes the call of a further round: to the same provider and model, with the same key, whatever was configured since.</summary>
    public static bool TryContinue(ProviderCall before, ChatRequest request, [NotNullWhen(true)] out ProviderCall? call, [NotNullWhen(false)] out BfError? error) =>
        TryWrite(request.With(before.Media), before.Provider, before.Model, before.Key, before.Streams, out call, out error, before.Media);

    /// <summary>What may be tried where a call fails; null where nothing else is configured than to answer with the failure.</summary>
    public AttemptPlan? PlanFor(ChatRequest request, App app, ProviderCall call, bool mustStream = false)
    {
        var provider = call.Provider;
        var mayRotate = request.ProviderKey is null && provider.Keys.Count > 1;
        var mayFallBack = provider.Options.Fallbacks.Count > 0 && request.Conversation is null && (request.ProviderKey is null || app.FallbackOnServerKey);
        return mayRotate || mayFallBack || provider.Options.Retry.Attempts > 0 ? new AttemptPlan(this, images, request, app, call, mustStream) : null;
    }

    /// <summary>Writes the request for another provider, with the server's key and in its language.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="app">For whom.</param>
    /// <param name="target">Who is to be asked.</param>
    /// <param name="mustStream">Whether the answer is needed as a stream.</param>
    /// <param name="media">What was fetched, as it takes no addresses.</param>
    /// <param name="call">The call, where it could be made.</param>
    /// <param name="reason">Why it could not; for the log.</param>
    public bool TryFallBack(ChatRequest request, App app, Fallback target, bool mustStream, IReadOnlyList<FetchedMedia> media, [NotNullWhen(true)] out ProviderCall? call, [NotNullWhen(false)] out string? reason)
    {
        call = null;
        reason = null;
        if (providers.Current.Find(target.Provider) is not { } provider)
        {
            reason = "it is not configured any more";
        }
        else if (!app.MayUse(provider.Name))
        {
            reason = "the app may not use it";
        }
        else if (!provider.HasServerKey && provider.Options.KeyRequired)
        {
            reason = "the server has no key for it";
        }
        else if ((target.Model ?? provider.Options.DefaultModel) is not { Length: > 0 } model || !provider.Allows(provider.RealModel(model)))
        {
            reason = "no model of it is named and allowed";
        }
        else if (!TryWrite(request.With(media), provider, provider.RealModel(model), provider.Keys.Take(Now), mustStream, out call, out var error, media))
        {
            reason = error.Message;
        }

        return call is not null;
    }

    private static bool TryChooseModel(ChatRequest request, Provider provider, [NotNullWhen(true)] out string? model, [NotNullWhen(false)] out BfError? error)
    {
        model = request.Model ?? provider.Options.DefaultModel;
        error = null;
        if (string.IsNullOrEmpty(model))
        {
            error = BadField("payload.model", $"a model is required: provider '{provider.Name}' has no default one");
            return false;
        }

        model = provider.RealModel(model);
        if (provider.Allows(model))
        {
            return true;
        }

        error = new BfError { Status = 403, Message = $"payload.model: this model is not allowed for provider '{provider.Name}'", Kind = BfErrorKind.Permission };
        return false;
    }

    private static bool TryWrite(
        ChatRequest request, Provider provider, string model, string? key, bool mustStream, [NotNullWhen(true)] out ProviderCall? call, [NotNullWhen(false)] out BfError? error, IReadOnlyList<FetchedMedia>? media = null)
    {
        call = null;
        var streams = mustStream || request.Stream || provider.Options.NonStreaming == NonStreamingMode.Buffer;
        var dialect = provider.DialectFor(request, model, streams);
        using var body = new ArrayPoolBufferWriter<byte>();
        if (!dialect.TryWriteRequest(request, model, provider.Rules.For(dialect.Name, model), streams, body, out var native, out error))
        {
            error = error! with { Provider = provider.Name };
            return false;
        }

        call = new ProviderCall(provider, dialect, model, native, body.WrittenSpan.ToArray(), key, streams) { Media = media ?? [] };
        return true;
    }

    private static BfError BadField(string field, string message) => new() { Status = 400, Message = $"{field}: {message}", Kind = BfErrorKind.BadRequest };
}
