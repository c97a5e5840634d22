using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace FakeProvider.Load;

/// <summary>
/// The fake as a program for load tests. A POST to the path of any dialect streams what the model's name asks for
/// (<see cref="LoadModel"/>; any other model gets a short answer), <c>POST /load/finish</c> lets every stream end after
/// its next delta, <c>GET /load/stamps</c> tells per stream: number, received, headers sent, peer gone, deltas sent.
/// Telemetry over OTLP is taken and thrown away.
/// </summary>
public sealed class LoadServer
{
    private readonly ConcurrentDictionary<int, PacedStream> _streams = new();
    private readonly PaceWheel _wheel = new();

    /// <summary>Serves until cancelled or told to end by a signal; reports where it listens.</summary>
    public static async Task RunAsync(string url, Action<Uri> listening, CancellationToken cancellationToken)
    {
        var server = new LoadServer();
        await using var app = FakeKestrel.Build(url);
        app.Run(server.AnswerAsync);
        await app.StartAsync(cancellationToken);
        listening(new Uri(app.Urls.First()));
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
        var turning = server._wheel.RunAsync(stopping.Token);
        await app.WaitForShutdownAsync(cancellationToken);
        await stopping.CancelAsync();
        await turning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/load/finish" => FinishAsync(context),
        "/load/stamps" => context.Response.WriteAsync(Stamps(), context.RequestAborted),
        "/v1/traces" or "/v1/metrics" or "/v1/logs" => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted),
        var path => LoadShape.Find(path) is { } shape ? StreamAsync(context, shape) : NotFoundAsync(context),
    };

    private async Task StreamAsync(HttpContext context, LoadShape shape)
    {
        using var reader = new StreamReader(context.Request.Body);
        var model = LoadModel.Find(context.Request.Path.Value + await reader.ReadToEndAsync(context.RequestAborted));
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        if (model is null)
        {
            await context.Response.WriteAsync(shape.ShortAnswer, context.RequestAborted);
            return;
        }

        var socket = context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        socket.Blocking = false;
        var stream = new PacedStream(model, shape.Delta, socket);
        using var gone = context.RequestAborted.UnsafeRegister(static state => ((PacedStream)state!).MarkGone(), stream);
        _streams[model.Stream] = stream;
        await PaceAsync(context, shape, stream);
    }

    private async Task PaceAsync(HttpContext context, LoadShape shape, PacedStream stream)
    {
        await context.Response.BodyWriter.WriteAsync(shape.Opening, CancellationToken.None);
        stream.HeadersSentAt = Stopwatch.GetTimestamp();
        _wheel.Add(stream);
        await stream.Done;
        if (stream.GoneAt == 0)
        {
            await context.Response.BodyWriter.WriteAsync(shape.Closing(stream.Sent), CancellationToken.None);
        }
    }

    private Task FinishAsync(HttpContext context)
    {
        foreach (var stream in _streams.Values)
        {
            stream.Finish();
        }

        return context.Response.WriteAsync("finishing\n", context.RequestAborted);
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private string Stamps()
    {
        var lines = new StringBuilder();
        foreach (var (number, stream) in _streams)
        {
            lines.Append(number).Append(' ').Append(stream.ReceivedAt).Append(' ').Append(stream.HeadersSentAt)
                .Append(' ').Append(stream.GoneAt).Append(' ').Append(stream.Sent).Append('\n');
        }

        return lines.ToString();
    }
}
