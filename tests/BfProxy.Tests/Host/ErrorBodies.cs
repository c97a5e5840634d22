using System.Collections.Concurrent;

namespace BfProxy.Tests.Host;

/// <summary>Keeps the bodies of all refusals that a test's client gets.</summary>
internal sealed class ErrorBodies(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly ConcurrentQueue<string> _texts = new();

    public IEnumerable<string> Texts => _texts;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            _texts.Enqueue(await answer.Content.ReadAsStringAsync(cancellationToken));
        }

        return answer;
    }
}
