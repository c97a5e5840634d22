using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;

namespace FakeProvider;

/// <summary>A request as the provider saw it, and what became of its connection. Times are <see cref="Stopwatch"/> ticks, 0 = not yet.</summary>
public sealed class SeenRequest
{
    private readonly TaskCompletionSource _headersSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _peerGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SeenRequest(HttpContext context, byte[] body)
    {
        Method = context.Request.Method;
        Target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Body = body;
        ConnectionId = context.Connection.Id;
    }

    public string Method { get; }

    /// <summary>Path and query as sent.</summary>
    public string Target { get; }

    /// <summary>The target without its query.</summary>
    public string Path => Target.Split('?', 2)[0];

    public IReadOnlyDictionary<string, string> Headers { get; }

    public byte[] Body { get; }

    public string BodyText => Encoding.UTF8.GetString(Body);

    /// <summary>Two requests with the same id came over the same connection.</summary>
    public string ConnectionId { get; }

    public long ReceivedAt { get; } = Stopwatch.GetTimestamp();

    public long HeadersSentAt { get; private set; }

    public long PeerGoneAt { get; private set; }

    /// <summary>The response's headers are with the kernel.</summary>
    public Task HeadersSent => _headersSent.Task;

    /// <summary>The peer went away before the script was over. Never completes for an end that the script itself made.</summary>
    public Task PeerGone => _peerGone.Task;

    /// <summary>The script is over, whoever ended it.</summary>
    public Task Finished => _finished.Task;

    public JsonElement ReadJson() => JsonSerializer.Deserialize<JsonElement>(Body);

    /// <summary>The body as JSON that can be taken apart.</summary>
    public JsonNode ReadNode() => JsonNode.Parse(Body)!;

    internal static async Task<SeenRequest> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return new SeenRequest(context, body.ToArray());
    }

    internal void MarkHeadersSent()
    {
        HeadersSentAt = Stopwatch.GetTimestamp();
        _headersSent.TrySetResult();
    }

    internal void MarkPeerGone()
    {
        PeerGoneAt = Stopwatch.GetTimestamp();
        _peerGone.TrySetResult();
    }

    internal void MarkFinished() => _finished.TrySetResult();
}
