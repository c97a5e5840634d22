using System.Net.ServerSentEvents;
using System.Text.Json;
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
        app.MapPost(StartPath, (Wish wish, IHubContext<Fan> fan) => StartAsync(http, wish, fan.Clients.Group(wish.Group), cancellationToken));
        await app.StartAsync(cancellationToken);
        Console.WriteLine("listening");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    private static async Task<IResult> StartAsync(HttpClient http, Wish wish, IClientProxy group, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(new { model = wish.Model, stream = true }) };
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        _ = PumpAsync(response, group, cancellationToken);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    private static async Task PumpAsync(HttpResponseMessage response, IClientProxy group, CancellationToken cancellationToken)
    {
        using (response)
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
            {
                if (string.Equals(item.Data, "[DONE]", StringComparison.Ordinal))
                {
                    break;
                }

                using var chunk = JsonDocument.Parse(item.Data);
                if (TextOf(chunk.RootElement) is { Length: > 0 } text)
                {
                    await group.SendAsync("delta", text, cancellationToken);
                }
            }

            await group.SendAsync("end", cancellationToken);
        }
    }

    private static string? TextOf(JsonElement chunk) =>
        chunk.GetProperty("choices") is { } choices && choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out var content)
            ? content.GetString()
            : null;

    internal sealed class Fan : Hub
    {
        public Task Join(string group) => Groups.AddToGroupAsync(Context.ConnectionId, group, Context.ConnectionAborted);
    }

    internal sealed record Wish(string Group, string Model);
}
