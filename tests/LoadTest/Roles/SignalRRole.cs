using Microsoft.AspNetCore.SignalR;

namespace LoadTest.Roles;

/// <summary>
/// What one would write today with ASP.NET Core's own parts: HttpClient, SseParser and JsonDocument at the provider's side,
/// a SignalR group at the other. The yardstick for one stream that many listen to.
/// </summary>
internal static class SignalRRole
{
    public const string HubPath = "/fan";
    public const string StartPath = "/start";

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var values = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(values["urls"]!);
        builder.Services.AddSignalR();
        await using var app = builder.Build();
        app.UseWebSockets();
        app.MapHub<Fan>(HubPath);
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(values["to"]!) };
        app.MapPost(StartPath, (FanWish wish, IHubContext<Fan> fan) =>
        {
            var group = fan.Clients.Group(wish.Group);
            return FanWish.PumpAsync(http, wish, text => group.SendAsync("delta", text, cancellationToken), () => group.SendAsync("end", cancellationToken), cancellationToken);
        });
        await app.StartAsync(cancellationToken);
        Console.WriteLine("listening");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    internal sealed class Fan : Hub
    {
        public Task Join(string group) => Groups.AddToGroupAsync(Context.ConnectionId, group, Context.ConnectionAborted);
    }
}
