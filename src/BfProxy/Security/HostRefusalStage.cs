using BfProxy.Transforms.Contract;

namespace BfProxy.Security;

/// <summary>
/// Gives a host name that <c>AllowedHosts</c> does not list the body of every other refusal. It is refused outside our own pipeline, and
/// at once: so nothing here waits, and no connection holds memory for it.
/// </summary>
internal sealed class HostRefusalStage : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (RequestDelegate pipeline) => context => InvokeAsync(pipeline, context));
        next(app);
    };

    private static Task InvokeAsync(RequestDelegate pipeline, HttpContext context)
    {
        var handled = pipeline(context);
        return handled.IsCompletedSuccessfully && context.Response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false, ContentType: null }
            ? ErrorResponse.WriteAsync(context, new BfError { Status = StatusCodes.Status400BadRequest, Message = "Host: this name is not served here (AllowedHosts)", Kind = BfErrorKind.BadRequest })
            : handled;
    }
}
