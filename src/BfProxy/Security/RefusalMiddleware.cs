using BfProxy.Transforms.Contract;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Security;

/// <summary>The outermost edge: exceptions and empty refusals become the error body that all refusals have. What an operator's route proxied is left alone.</summary>
internal sealed class RefusalMiddleware(RequestDelegate next, ILogger<RefusalMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException exception)
        {
            await ErrorResponse.WriteAsync(context, new BfError { Status = exception.StatusCode, Message = exception.Message, Kind = BfErrorKind.BadRequest });
            return;
        }
        catch (Exception exception)
        {
            // A caller must get an answer, whatever went wrong inside.
            SecurityLog.Unhandled(logger, exception, context.Request.Method);
            await ErrorResponse.WriteAsync(context, new BfError { Status = 500, Message = "The request failed inside the proxy", Kind = BfErrorKind.Server });
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null } && context.Features.Get<IReverseProxyFeature>() is null)
        {
            var status = context.Response.StatusCode;
            await ErrorResponse.WriteAsync(context, new BfError { Status = status, Message = MessageOf(status) });
        }
    }

    private static string MessageOf(int status) => status switch
    {
        StatusCodes.Status404NotFound => "Nothing is served at this path",
        StatusCodes.Status405MethodNotAllowed => "This path is not called with this method",
        _ => "The request was refused",
    };
}
