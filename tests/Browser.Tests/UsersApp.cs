using System.Net.Http.Json;
using System.Text.Json;

namespace Browser.Tests;

/// <summary>An application whose app has users, closed channels and quick pings; and the app's own server, which has the key.</summary>
public sealed class UsersApp : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["BfProxy:Apps:demo:TokenSecret"] = "a secret of at least thirty-two bytes",
        ["BfProxy:Apps:demo:AnonymousChannels:0"] = "lobby*",
        ["BfProxy:Channels:PingInterval"] = "00:00:01",
    };

    private AppProcess? _app;

    public Uri Address { get; private set; } = new("http://localhost");

    public async Task InitializeAsync() => (_app, Address) = await AppProcess.StartAsync(settings: Settings);

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    /// <summary>A token for a user who is on these channels, in mode <c>ignore</c>.</summary>
    public async Task<string> TokenAsync(string user, params string[] channels) =>
        (await CallAsync("token", new { apiKey = "BFAPI_demo", user = new { id = user }, channels })).GetProperty("token").GetString()!;

    /// <summary>Has the app's server send a text to a channel.</summary>
    public Task SendAsync(string channel, string text) =>
        CallAsync("sendmessage", new { apiKey = "BFAPI_demo", channels = new[] { channel }, message = new { text } });

    /// <summary>Puts a user on a channel (<c>adduser</c>) or takes him off (<c>removeuser</c>).</summary>
    public Task MoveAsync(string path, string user, string channel) =>
        CallAsync(path, new { apiKey = "BFAPI_demo", users = new[] { new { id = user, channels = new[] { new { name = channel, mode = "ignore" } } } } });

    private async Task<JsonElement> CallAsync(string path, object body)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.PostAsJsonAsync(new Uri(Address, $"message/{path}"), body);
        Assert.Equal(201, (int)answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
