using System.Net;
using System.Net.Http.Headers;

namespace BfProxy.Hooks;

/// <summary>Makes the HTTP request of one try.</summary>
internal static class HookRequest
{
    public const string IdempotencyHeader = "Idempotency-Key";

    private const string UserAgent = "BfProxy";

    public static HttpRequestMessage Create(HookTarget target, HookSignature signature, ReadOnlyMemory<byte> body, string idempotencyKey)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = content, Version = HttpVersion.Version11 };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/plain;q=0.5");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation(IdempotencyHeader, idempotencyKey);
        request.Headers.TryAddWithoutValidation(HookSignature.Header, signature.Sign(target.Secret, body.Span));
        foreach (var (name, value) in target.Options.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
