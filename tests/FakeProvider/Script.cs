using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;

namespace FakeProvider;

/// <summary>
/// An answer, step by step. Immutable: every call returns a longer script, so scripts can be shared and branched.
/// Each write is on the wire by itself before the next step begins; a gate between two writes makes them two reads for sure.
/// A script that runs out ends the body properly.
/// </summary>
public sealed class Script
{
    private const string EventStream = "text/event-stream; charset=utf-8";

    private readonly ImmutableArray<Func<Exchange, ValueTask>> _steps;

    private Script(ImmutableArray<Func<Exchange, ValueTask>> steps) => _steps = steps;

    /// <summary>No step yet: 200 without body.</summary>
    public static Script Empty { get; } = new([]);

    /// <summary>200, an event stream, headers sent at once, each frame a write.</summary>
    public static Script Sse(params IEnumerable<string> frames) => Empty.Status(200, EventStream).SendHeaders().Frames(frames);

    public static Script Json(int status, string body) => Whole(status, "application/json", body);

    public static Script Html(int status, string body) => Whole(status, "text/html; charset=utf-8", body);

    /// <summary>A whole body with Content-Length.</summary>
    public static Script Whole(int status, string contentType, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return Empty.Status(status, contentType).Do(response => response.ContentLength = bytes.Length).Bytes(bytes);
    }

    public static Script Redirect(string location, int status = 302) => Empty.Status(status, null).Header("Location", location);

    /// <summary>A compressed event stream, whatever the request accepted.</summary>
    public static Script GzippedSse(params IEnumerable<string> frames)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(frames)));
        }

        return Empty.Status(200, EventStream).Header("Content-Encoding", "gzip").Bytes(packed.ToArray());
    }

    public Script Status(int status, string? contentType = EventStream) => Do(response =>
    {
        response.StatusCode = status;
        response.ContentType = contentType;
    });

    public Script Header(string name, string value) => Do(response => response.Headers[name] = value);

    /// <summary>Status and headers go out now, before any byte of the body.</summary>
    public Script SendHeaders() => Then(exchange => exchange.SendHeadersAsync());

    public Script Bytes(ReadOnlyMemory<byte> bytes) => Then(exchange => exchange.WriteAsync(bytes));

    public Script Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Frames as they stand on the wire, blank line included; each is a write.</summary>
    public Script Frames(params IEnumerable<string> frames) => frames.Aggregate(this, (script, frame) => script.Text(frame));

    /// <summary>One write per piece of the bytes, cut at these positions.</summary>
    public Script Split(ReadOnlyMemory<byte> bytes, params IEnumerable<int> positions)
    {
        var script = this;
        var start = 0;
        foreach (var position in positions)
        {
            script = script.Bytes(bytes[start..position]);
            start = position;
        }

        return script.Bytes(bytes[start..]);
    }

    public Script ByteByByte(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Split(bytes, Enumerable.Range(1, bytes.Length - 1));
    }

    /// <summary>Bytes past HTTP: no status line, no chunk framing. Follow with <see cref="Cut"/> or <see cref="Reset"/>.</summary>
    public Script Raw(ReadOnlyMemory<byte> bytes) => Then(exchange => exchange.WriteRawAsync(bytes));

    public Script Wait(Gate gate) => Then(exchange => new ValueTask(gate.PassAsync(exchange.Gone)));

    /// <summary>Something that the provider does for itself at this point of its answer.</summary>
    public Script Act(Action act) => Do(_ => act());

    /// <summary>Closes the connection in an orderly way in the middle of the body (before headers: without an answer).</summary>
    public Script Cut() => Then(exchange => exchange.CutAsync());

    /// <summary>Resets the connection (RST), before headers too.</summary>
    public Script Reset() => Then(exchange =>
    {
        exchange.Reset();
        return ValueTask.CompletedTask;
    });

    /// <summary>Silence until the peer goes away.</summary>
    public Script Hang() => Then(exchange => exchange.HangAsync());

    internal Task PlayAsync(Exchange exchange) => exchange.RunAsync(_steps);

    private Script Do(Action<HttpResponse> act) => Then(exchange =>
    {
        act(exchange.Response);
        return ValueTask.CompletedTask;
    });

    private Script Then(Func<Exchange, ValueTask> step) => new(_steps.Add(step));
}
