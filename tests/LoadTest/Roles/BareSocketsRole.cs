using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Encodings.Web;

namespace LoadTest.Roles;

/// <summary>
/// The least that a fan-out over Kestrel can cost: each token is encoded once and sent to every socket, with no log, no order between senders and
/// nothing for the slow. It says just enough of SignalR's protocol to be read by the same client.
/// </summary>
internal static class BareSocketsRole
{
    private const int BatchSize = 64;

    private static readonly ConcurrentQueue<WebSocket> Sockets = new();

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var values = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(values["urls"]!);
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Map(SignalRRole.HubPath, ListenAsync);
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(values["to"]!) };
        app.MapPost(SignalRRole.StartPath, (FanWish wish) => FanWish.PumpAsync(http, wish, text => SayAsync(DeltaOf(text)), () => SayAsync("""{"type":1,"target":"end","arguments":[]}"""), cancellationToken));
        await app.StartAsync(cancellationToken);
        Console.WriteLine("listening");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    private static string DeltaOf(string text) => $$"""{"type":1,"target":"delta","arguments":["{{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}}"]}""";

    /// <summary>Two records come, a handshake and a join; each has its answer.</summary>
    private static async Task ListenAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        foreach (var answer in (string[])["{}", """{"type":3,"invocationId":"1","result":null}"""])
        {
            await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            await SendAsync(socket, RecordOf(answer));
        }

        Sockets.Enqueue(socket);
        try
        {
            while ((await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
                await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            }
        }
        catch (WebSocketException)
        {
            // The client closes its sockets without a word.
        }
    }

    private static async Task SayAsync(string record)
    {
        var frame = RecordOf(record);
        await Task.WhenAll(Sockets.Chunk(BatchSize).Select(batch => Task.Run(() => SayAsync(batch, frame))));
    }

    private static async Task SayAsync(WebSocket[] batch, ReadOnlyMemory<byte> frame)
    {
        foreach (var socket in batch.Where(static socket => socket.State == WebSocketState.Open))
        {
            await SendAsync(socket, frame);
        }
    }

    private static ValueTask SendAsync(WebSocket socket, ReadOnlyMemory<byte> frame) => socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private static byte[] RecordOf(string json) => Encoding.UTF8.GetBytes(json + "\u001e");
}
