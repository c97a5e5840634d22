using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Forwarding;

/// <summary>Makes the HttpContext that carries one event through YARP's pipeline to the portal. What the portal answers is read and forgotten.</summary>
internal static class PortalContext
{
    private const string Path = "/message/sendmessage";
    private const string UserAgent = "BfProxy";

    public static DefaultHttpContext Create(ReadOnlyMemory<byte> body, Endpoint endpoint, IServiceProvider services, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancellationToken };
        var request = context.Request;
        request.Method = HttpMethods.Post;
        request.Protocol = HttpProtocol.Http11;
        request.Scheme = Uri.UriSchemeHttp;
        request.Path = new PathString(Path);
        request.Body = new MemoryStream(body.ToArray(), writable: false);
        request.Headers.ContentLength = body.Length;
        request.Headers.ContentType = "application/json";
        request.Headers.Accept = "application/json";
        request.Headers.UserAgent = UserAgent;
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        context.SetEndpoint(endpoint);
        return context;
    }
}
