using BfProxy.Configuration;
using BfProxy.Transforms.Contract;

namespace BfProxy.Security;

/// <summary>The first steps of every BF POST: read the body, parse it, find out whose it is. Refuses in that order.</summary>
internal sealed class RequestIntake(Settings<AppCatalog> apps, BodyBudget budget)
{
    /// <summary>Reads and authenticates a request. Where it returns null, the refusal was already answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="needsKey">Whether an app may be called without its key, then found as for a browser: by host, by <c>?app=</c>, or because there is only one; null where none may.</param>
    public async Task<BfCall?> ReadAsync(HttpContext context, Func<App, bool>? needsKey)
    {
        var (body, unread) = await RequestBody.ReadAsync(context.Request, budget, context.RequestAborted);
        if (body is null)
        {
            await ErrorResponse.WriteAsync(context, unread!);
            return null;
        }

        if (!BfEnvelope.TryParse(body.Bytes, out var envelope, out var fault))
        {
            body.Dispose();
            await ErrorResponse.WriteAsync(context, fault.ToError());
            return null;
        }

        var app = Authenticate(context, envelope, needsKey, out var hasKey, out var error);
        if (app is null)
        {
            var actionName = envelope.ActionName;
            envelope.Dispose();
            body.Dispose();
            await ErrorResponse.WriteAsync(context, error!, actionName);
            return null;
        }

        body.Authenticated();
        return new BfCall(app, hasKey, envelope, body);
    }

    /// <summary>Reads a request that must bring its app's key.</summary>
    public Task<BfCall?> ReadAsync(HttpContext context) => ReadAsync(context, needsKey: null);

    private App? Authenticate(HttpContext context, BfEnvelope envelope, Func<App, bool>? needsKey, out bool hasKey, out BfError? error)
    {
        hasKey = false;
        if (!envelope.TryReadApiKey(out var key, out var fault))
        {
            error = fault.ToError();
            return null;
        }

        hasKey = key is not null;
        var app = hasKey ? AppOfKey(key!, out error) : AppWithoutKey(context, needsKey, out error);
        if (app is null)
        {
            return null;
        }

        if (!apps.Current.MayUseHost(app, context.Request.Host.Host))
        {
            error = new BfError { Status = 403, Message = "apiKey: this host belongs to another app", Kind = BfErrorKind.Permission };
            return null;
        }

        if (!OriginCheck.IsAllowed(context, app))
        {
            error = new BfError { Status = 403, Message = "This origin is not allowed for the app", Kind = BfErrorKind.Permission };
            return null;
        }

        return app;
    }

    private App? AppOfKey(string key, out BfError? error)
    {
        var app = apps.Current.FindByKey(key);
        error = app is null ? new BfError { Status = 401, Message = "apiKey: this key is not known here", Kind = BfErrorKind.Authentication } : null;
        return app;
    }

    private App? AppWithoutKey(HttpContext context, Func<App, bool>? needsKey, out BfError? error)
    {
        error = new BfError { Status = 401, Message = "apiKey: the app's key is missing", Kind = BfErrorKind.Authentication };
        if (needsKey is null)
        {
            return null;
        }

        var app = apps.Current.ForConnection(context, out var refusal);
        if (app is not null && needsKey(app))
        {
            return null;
        }

        error = refusal;
        return app;
    }
}
