using System.Text;
using BfProxy.Backplane;
using BfProxy.Tests.Security;
using Microsoft.Extensions.DependencyInjection;

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

    public static Task<UsersHost> StartAsync(params string[] args) => StartAsync(args, services: null);

    /// <summary>Nodes of one deployment: they share state, and hear of each other.</summary>
    public static async Task<UsersHost[]> StartNodesAsync(int count, params string[] args)
    {
        var (buses, store) = (new List<TwinBus>(), new MemoryStateStore(TimeProvider.System));
        buses.AddRange(Enumerable.Range(0, count).Select(i => new TwinBus(buses, $"node{i}")));
        var nodes = new List<UsersHost>();
        foreach (var bus in buses)
        {
            nodes.Add(await StartAsync([$"--BfProxy:DataCenter=dc{nodes.Count % 2}", .. args], services => services.AddSingleton<INodeBus>(bus).AddSingleton<IStateStore>(store)));
        }

        return [.. nodes];
    }

    /// <summary>Nodes that share a Redis.</summary>
    public static async Task<UsersHost[]> StartNodesOverAsync(string redis, int count, params string[] args)
    {
        var nodes = new List<UsersHost>();
        while (nodes.Count < count)
        {
            nodes.Add(await StartAsync([$"--BfProxy:DataCenter=dc{nodes.Count % 2}", $"--BfProxy:Backplane:Redis={redis}", .. args], services: null));
        }

        return [.. nodes];
    }

    private static async Task<UsersHost> StartAsync(string[] args, Action<IServiceCollection>? services) =>
        new(await MessagingHost.StartAsync([$"--BfProxy:Apps:demo:ApiKeys:0={Key}", $"--BfProxy:Apps:demo:TokenSecret={TokenText.Secret}", .. args], services: services));

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

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Host.DisposeAsync();
    }
}
