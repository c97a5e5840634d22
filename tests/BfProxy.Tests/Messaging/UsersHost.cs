using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Security;

namespace BfProxy.Tests.Messaging;

/// <summary>An app with users, its server (POSTs with the key), and its pages.</summary>
internal sealed class UsersHost : IAsyncDisposable
{
    public const string Key = "BFAPI_users";

    private readonly HttpClient _http;

    private UsersHost(MessagingHost host)
    {
        Host = host;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host.Address };
    }

    public MessagingHost Host { get; }

    public static async Task<UsersHost> StartAsync(params string[] args) =>
        new(await MessagingHost.StartAsync([$"--BfProxy:Apps:demo:ApiKeys:0={Key}", $"--BfProxy:Apps:demo:TokenSecret={TokenText.Secret}", .. args]));

    /// <summary>POSTs a body with these members beside the key.</summary>
    public async Task<(int Status, string Body)> PostAsync(string path, string members = "", string key = Key)
    {
        var more = members.Length > 0 ? "," + members : "";
        using var answer = await _http.PostAsync($"/message/{path}", new StringContent($$"""{"apiKey":"{{key}}"{{more}}}""", Encoding.UTF8, "application/json"));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>POSTs what is to be answered with 201.</summary>
    public async Task<string> CallAsync(string path, string members = "")
    {
        var (status, body) = await PostAsync(path, members);
        Assert.Equal((201, body), (status, body));
        return body;
    }

    /// <summary>A page of a user.</summary>
    public async Task<MessagingClient> EnterAsync(string user, string more = "")
    {
        var client = await Host.ConnectAsync();
        Assert.StartsWith("""{"id":3,"ok":true,""", await AuthenticateTests.AuthenticateAsync(client, user, more), StringComparison.Ordinal);
        return client;
    }

    public static string MemberOf(string json, string member) => JsonNode.Parse(json)![member]!.ToJsonString();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Host.DisposeAsync();
    }
}
