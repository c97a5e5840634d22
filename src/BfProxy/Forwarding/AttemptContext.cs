using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Forwarding;

/// <summary>Makes the HttpContext that an attempt sends through YARP's pipeline. Nothing of the POST that started the stream is in it.</summary>
internal static class AttemptContext
{
    private const string UserAgent = "BfProxy";

    public static DefaultHttpContext Create(Attempt attempt, Endpoint endpoint, IServiceProvider services, CancellationToken cancellationToken)
    {
        var call = attempt.Call;
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancellationToken };
        var request = context.Request;
        request.Method = call.Native.Method;
        request.Protocol = HttpProtocol.Http11;
        request.Scheme = Uri.UriSchemeHttp;
        request.Path = new PathString(call.Native.Path);
        request.QueryString = new QueryString(call.Native.Query);
        if (call.Body.Length > 0)
        {
            // Unlike a MemoryStream it lets go of the bytes once they are read.
            request.Body = PipeReader.Create(new ReadOnlySequence<byte>(call.Body)).AsStream();
            request.Headers.ContentLength = call.Body.Length;
            request.Headers.ContentType = "application/json";
        }

        request.Headers.Accept = call.Streams ? "text/event-stream" : "application/json";
        request.Headers.AcceptEncoding = "identity";
        request.Headers.UserAgent = UserAgent;
        foreach (var (name, value) in call.Native.Headers)
        {
            request.Headers[name] = value;
        }

        if (call.Key is not null)
        {
            request.Headers[call.Native.KeyHeader] = call.Native.KeyPrefix + call.Key;
        }

        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new AttemptBody(attempt)));
        context.Features.Set(attempt);
        context.SetEndpoint(endpoint);
        return context;
    }
}
