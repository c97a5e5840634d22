using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace BfProxy.Security;

/// <summary>What an operator's route refuses by its <c>AuthorizationPolicy</c> gets the status alone here, and its body where all refusals do: no scheme of authentication is asked, since none is part of BfProxy.</summary>
internal sealed class AuthorizationRefusal : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        context.Response.StatusCode = authorizeResult.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
