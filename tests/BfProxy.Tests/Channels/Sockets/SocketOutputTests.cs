using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using BfProxy.Channels;
using BfProxy.Channels.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BfProxy.Tests.Channels.Sockets;

public sealed class SocketOutputTests : IAsyncLifetime, IDisposable
{
    /// <summary>More than kernels take for one who does not read.</summary>
    private const int Much = 8 * 1024 * 1024;

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly Socket _reader = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly DefaultConnectionContext _connection = new();
    private Socket _socket = null!;
    private SocketOutput _output = null!;

    public async Task InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _reader.ReceiveBufferSize = 4096;
        await _reader.ConnectAsync(listener.LocalEndpoint);
        _socket = await listener.AcceptSocketAsync();
        _socket.Blocking = false;
        _connection.Transport = new Pipes(new Pipe().Reader, new Pipe().Writer);
        _output = new SocketOutput(_connection, _socket);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
    }

    [Fact]
    public async Task What_the_kernel_does_not_take_follows_and_all_else_waits_behind_it()
    {
        var sends = new List<Task> { _output.SendAsync(Letters('a', Much)).AsTask() };
        Assert.False(sends[0].IsCompleted);
        sends.Add(_output.WriteAsync(Letters('b', 10)).AsTask());
        sends.Add(_output.SendAsync(Letters('c', Much)).AsTask());
        sends.Add(_output.WriteAsync(Letters('d', Much)).AsTask());
        sends.Add(_output.SendAsync(Letters('e', 10)).AsTask());

        Assert.Equal($"a{Much} b10 c{Much} d{Much} e10", await ReadAsync((3 * Much) + 20));
        await Task.WhenAll(sends).WaitAsync(LongEnough);
        Assert.True(_output.SendAsync(Letters('f', 10)).AsTask().IsCompletedSuccessfully);
        Assert.Equal("f10", await ReadAsync(10));
    }

    [Fact]
    public async Task A_flush_that_is_given_up_leaves_no_half_message()
    {
        using var patience = new CancellationTokenSource();
        _output.Write(Letters('a', Much));
        var first = _output.FlushAsync(patience.Token).AsTask();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(LongEnough));

        _output.Write(Letters('b', 10));
        var second = _output.FlushAsync().AsTask();
        Assert.False(second.IsCompleted);
        _output.CancelPendingFlush();
        var result = await second.WaitAsync(LongEnough);
        Assert.True(result.IsCanceled);
        Assert.False(result.IsCompleted);

        var third = _output.SendAsync(Letters('c', 10)).AsTask();
        Assert.Equal($"a{Much} b10 c10", await ReadAsync(Much + 20));
        await third.WaitAsync(LongEnough);
    }

    [Fact]
    public async Task What_is_written_goes_out_at_the_flush_only()
    {
        _output.Write(Letters('a', 3));
        _output.Write(Letters('b', 100_000));
        Assert.Equal(100_003, _output.UnflushedBytes);
        Assert.Equal(0, _reader.Available);

        var flush = _output.FlushAsync().AsTask();
        Assert.Equal(0, _output.UnflushedBytes);
        Assert.Equal("a3 b100000", await ReadAsync(100_003));
        var result = await flush.WaitAsync(LongEnough);
        Assert.False(result.IsCompleted || result.IsCanceled);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_who_is_gone_ends_a_send_with_an_error_a_flush_as_completed_and_the_connection(bool isPending)
    {
        var pending = isPending ? _output.SendAsync(Letters('a', Much)).AsTask() : null;
        var flush = isPending ? _output.WriteAsync(Letters('b', 10)).AsTask() : null;
        // Closing with bytes unread, or with linger off, resets the connection.
        _reader.LingerState = new LingerOption(true, 0);
        _reader.Dispose();
        if (isPending)
        {
            await Assert.ThrowsAsync<SocketException>(() => pending!.WaitAsync(LongEnough));
            Assert.True((await flush!.WaitAsync(LongEnough)).IsCompleted);
        }
        else
        {
            await Assert.ThrowsAsync<SocketException>(() => _socket.ReceiveAsync(new byte[1], SocketFlags.None).WaitAsync(LongEnough));
            await Assert.ThrowsAsync<SocketException>(async () => await _output.SendAsync(Letters('c', 10)));
        }

        Assert.True(SpinWait.SpinUntil(() => _connection.ConnectionClosed.IsCancellationRequested, LongEnough));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _output.SendAsync(Letters('d', 10)));
        Assert.True((await _output.WriteAsync(Letters('e', 10))).IsCompleted);
        Assert.True((await _output.FlushAsync()).IsCompleted);
    }

    [Fact]
    public async Task A_frame_behind_the_close_of_a_socket_is_dropped()
    {
        using var socket = WebSocket.CreateFromStream(new MemoryStream(), new WebSocketCreationOptions { IsServer = true });
        var transport = new WebSocketTransport(socket, new HttpRequestLifetimeFeature(), _output);
        await transport.SendAsync(PreparedFrame.Of("some"u8.ToArray()), default, hasMore: true);
        await transport.SendAsync(PreparedFrame.Of("more"u8.ToArray()), default, hasMore: false);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        await transport.SendAsync(PreparedFrame.Of("late"u8.ToArray()), default, hasMore: false);
        await transport.SendAsync(PreparedFrame.Of("later"u8.ToArray()), default, hasMore: true);
        await transport.FlushAsync();

        _socket.Dispose();
        var bytes = new MemoryStream();
        await using var stream = new NetworkStream(_reader, ownsSocket: false);
        await stream.CopyToAsync(bytes).WaitAsync(LongEnough);
        Assert.Equal("\u0081\u0004some\u0081\u0004more", Encoding.Latin1.GetString(bytes.ToArray()));
    }

    [Fact]
    public async Task What_nobody_waits_for_is_sent_before_the_server_closes_the_connection()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.UseSocketOutput();
            kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Run(static connection =>
            {
                var flush = connection.Transport.Output.WriteAsync(Letters('a', Much)).AsTask();
                return Task.FromResult(flush);
            }));
        });
        await using var server = builder.Build();
        await server.StartAsync();
        var address = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(address.Host, address.Port);

        var bytes = new MemoryStream();
        await client.GetStream().CopyToAsync(bytes).WaitAsync(LongEnough);

        Assert.Equal(Much, bytes.Length);
    }

    [Fact]
    public async Task A_socket_that_is_closed_here_ends_both_alike()
    {
        var pending = _output.SendAsync(Letters('a', Much)).AsTask();
        var flush = _output.WriteAsync(Letters('b', 10)).AsTask();

        _socket.Dispose();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => pending.WaitAsync(LongEnough));
        Assert.True(error is SocketException or ObjectDisposedException, error.ToString());
        Assert.True((await flush.WaitAsync(LongEnough)).IsCompleted);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _output.SendAsync(Letters('c', 10)));
        Assert.True((await _output.WriteAsync(Letters('d', 10))).IsCompleted);
    }

    private static byte[] Letters(char letter, int count)
    {
        var bytes = new byte[count];
        bytes.AsSpan().Fill((byte)letter);
        return bytes;
    }

    /// <summary>Reads so many bytes, and says which letters came how often in a row.</summary>
    private async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await using var stream = new NetworkStream(_reader, ownsSocket: false);
        await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(LongEnough);
        var runs = new List<string>();
        for (var rest = bytes.AsMemory(); rest.Length > 0;)
        {
            var end = rest.Span.IndexOfAnyExcept(rest.Span[0]);
            var length = end < 0 ? rest.Length : end;
            runs.Add($"{(char)rest.Span[0]}{length}");
            rest = rest[length..];
        }

        return string.Join(' ', runs);
    }
}
