using BfProxy.Configuration;
using BfProxy.Transforms.Contract;

namespace BfProxy.Security;

/// <summary>The first steps of every BF POST: read the body, parse it, find out whose it is. Refuses in that order.</summary>
internal sealed class RequestIntake(Settings<AppCatalog> apps, BodyBudget budget)
{
    /// <summary>Reads and authenticates a request. Where it returns null, the refusal was already answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="needsKey">Whether an app may be called without its key, then found as for a browser: by host, by <c>?app=</c>, or because there is only one.</param>
    public async Task<BfCall?> ReadAsync(HttpContext context, Func<App, bool> needsKey)
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

        var app = Authenticate(context, envelope, needsKey, out var error);
        if (app is null)
        {
            var actionName = envelope.ActionName;
            envelope.Dispose();
            body.Dispose();
            await ErrorResponse.WriteAsync(context, error!, actionName);
            return null;
        }

        body.Authenticated();
        return new BfCall(app, envelope, body);
    }

    /// <summary>Reads a request that must bring its app's key.</summary>
    public Task<BfCall?> ReadAsync(HttpContext context) => ReadAsync(context, static _ => true);

    private App? Authenticate(HttpContext context, BfEnvelope envelope, Func<App, bool> needsKey, out BfError? error)
    {
        error = null;
        if (!envelope.TryReadApiKey(out var key, out var fault))
        {
            error = fault.ToError();
            return null;
        }

        var app = key is null ? KeylessApp(context, needsKey) : apps.Current.FindByKey(key);
        if (app is null)
        {
            error = new BfError { Status = 401, Message = key is null ? "apiKey: the app's key is missing" : "apiKey: this key is not known here", Kind = BfErrorKind.Authentication };
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

    private App? KeylessApp(HttpContext context, Func<App, bool> needsKey) =>
        apps.Current.ForConnection(context) is { } app && !needsKey(app) ? app : null;
}
