using BfProxy.Channels;
using BfProxy.Messaging;
using BfProxy.Tests.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BfProxy.Tests.Messaging;

/// <summary>The endpoint alone on a free port, with manual time.</summary>
internal sealed class MessagingHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MessagingHost(WebApplication app) => _app = app;

    public ManualTimeProvider Time => (ManualTimeProvider)_app.Services.GetRequiredService<TimeProvider>();

    public ChannelHub Hub => _app.Services.GetRequiredService<ChannelHub>();

    public Uri Address { get; private set; } = new("http://localhost");

    public static async Task<MessagingHost> StartAsync(string[]? args = null, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder(args ?? []);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
            kestrel.Limits.MaxResponseBufferSize = 8 * 1024;
        });
        builder.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket = SmallBuffers(options.CreateBoundListenSocket));
        builder.Services.AddSingleton<TimeProvider>(new ManualTimeProvider());
        builder.Services.AddChannels(builder.Configuration).AddMessaging();
        builder.Services.AddSingleton<VisitorFinder>(FindVisitor);
        builder.Services.AddSingleton<StreamStopper>((scope, streamId) => scope == TestHub.Scope && string.Equals(streamId, "running", StringComparison.Ordinal));
        var app = builder.Build();
        app.UseWebSockets();
        app.MapMessaging();
        await app.StartAsync(CancellationToken.None);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new MessagingHost(app) { Address = new Uri(address) };
    }

    public Task<MessagingClient> ConnectAsync() => MessagingClient.ConnectAsync(Address);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static MessagingVisitor? FindVisitor(HttpContext context) =>
        context.Request.Query.ContainsKey("unknown") ? null : new MessagingVisitor(TestHub.Scope, ["chat*", "a", "b", "*-room"]);

    /// <summary>So that a stalled reader stalls the server soon, not after megabytes.</summary>
    private static Func<System.Net.EndPoint, System.Net.Sockets.Socket> SmallBuffers(Func<System.Net.EndPoint, System.Net.Sockets.Socket> create) => endpoint =>
    {
        var socket = create(endpoint);
        socket.SendBufferSize = 16 * 1024;
        return socket;
    };
}
