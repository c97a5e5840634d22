using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Backplane;
using BfProxy.Tests.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Messaging;

public sealed class ResumeTests : IAsyncLifetime
{
    private MessagingHost _host = null!;
    private MessagingClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await MessagingHost.StartAsync();
        _client = await _host.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task The_id_moves_and_its_channel_goes_on_where_the_client_stood()
    {
        var tab = $"tab|{_client.ConnectionId}";
        var epoch = JsonNode.Parse(_client.Greeting)!["channels"]![0]!["epoch"]!.GetValue<string>();
        Publish(_host, tab, "1");
        Assert.Equal("1", (await _client.ReadFrameAsync()).Content);
        using var again = await _host.ConnectAsync();
        Publish(_host, tab, "2");
        _host.Settle();

        Assert.Matches($$"""^\{"id":1,"ok":true,"connectionId":"{{_client.ConnectionId}}","resumeToken":"[^"]+"\}$""", await ResumeAsync(again, Token(_client)));
        Publish(_host, tab, "3");
        Assert.Equal(
            $$"""{"ok":true,"channel":"{{tab}}","epoch":"{{epoch}}","offset":3,"recovered":true}""",
            await again.AskAsync($$$$"""{"action":"channelJoinAnon","options":{"channel":"{{{{tab}}}}","since":{"epoch":"{{{{epoch}}}}","offset":1}}}"""));
        Publish(_host, tab, "4");
        foreach (var text in (string[])["2", "3", "4"])
        {
            Assert.Equal(text, (await again.ReadFrameAsync()).Content);
        }

        Assert.Contains("\"2\"", await _client.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("closed 4010", await _client.ReadAsync());
    }

    [Fact]
    public async Task A_connection_that_is_gone_can_be_resumed_and_resumed_again()
    {
        var (id, token) = (_client.ConnectionId, Token(_client));
        _client.Dispose();
        for (var i = 0; i < 3; i++)
        {
            using var again = await _host.ConnectAsync();
            var reply = JsonNode.Parse(await ResumeAsync(again, token))!;
            Assert.Equal(id, reply["connectionId"]!.GetValue<string>());
            token = i == 0 ? token : reply["resumeToken"]!.GetValue<string>();
            await again.AskAsync("""{"action":"channelJoinAnon","options":{"channel":"a"}}""");
            await again.SendAsync("""{"action":"messageSendAnonChannel","options":{"channels":["a"]}}""");
            Assert.Contains(id, await again.ReadAsync() + await again.ReadAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_temporary_channel_of_the_new_connection_ends()
    {
        using var again = await _host.ConnectAsync();
        await ResumeAsync(again, Token(_client));
        Publish(_host, $"tab|{again.ConnectionId}", "x");
        Assert.Contains("10132", await again.AskAsync($$$"""{"action":"channelJoinAnon","options":{"channel":"tab|{{{again.ConnectionId}}}"}}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_none_is_refused_and_guesses_run_out()
    {
        foreach (var token in (string[])["", "x", Token(_client)[..^1], Token(_client) + "x"])
        {
            Assert.Equal("""{"id":1,"error":{"code":10110,"message":"Resume token missing or unknown"}}""", await ResumeAsync(_client, token));
        }

        for (var i = 0; i < 30; i++)
        {
            await ResumeAsync(_client, "x");
        }

        Assert.Contains("10109", await ResumeAsync(_client, Token(_client)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_another_app_or_host_is_refused()
    {
        await using var host = await MessagingHost.StartAsync(["--BfProxy:Apps:demo:Domains:0=localhost", "--BfProxy:Apps:demo:Domains:1=127.0.0.1"]);
        using var here = await host.ConnectAsync();
        using var there = await MessagingClient.ConnectAsync(new UriBuilder(host.Address) { Host = "localhost" }.Uri);
        Assert.Contains("10110", await ResumeAsync(there, Token(here)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_resumes_by_command_keeps_the_stream()
    {
        await using var stream = await EventStreamClient.ConnectAsync(_host.Address);
        var reply = JsonNode.Parse(await stream.AskAsync($$""" "action":"resume","options":{"resumeToken":"{{Token(_client)}}"}"""))!;
        var tab = $"tab|{_client.ConnectionId}";
        using var answer = await stream.PostAsync($$""" "action":"channelJoinAnon","options":{"channel":"{{tab}}"}""", reply["resumeToken"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Publish(_host, tab, "x");
        Assert.Equal("x", (await stream.ReadFrameAsync()).Content);
        Assert.Equal("closed 4010", await _client.ReadAsync());
    }

    [Fact]
    public async Task On_another_node_a_resume_closes_the_old_connection_and_commands_find_theirs()
    {
        var nodes = new List<TwinBus>();
        var store = new MemoryStateStore(TimeProvider.System);
        await using var first = await StartNodeAsync(nodes, store);
        await using var second = await StartNodeAsync(nodes, store);
        using var old = await first.ConnectAsync();
        using var again = await second.ConnectAsync();
        Assert.Contains($"\"connectionId\":\"{old.ConnectionId}\"", await ResumeAsync(again, Token(old)), StringComparison.Ordinal);
        Assert.Equal("closed 4010", await old.ReadAsync());

        await using var stream = await EventStreamClient.ConnectAsync(first.Address);
        await using var elsewhere = await EventStreamClient.ConnectAsync(second.Address);
        using var answer = await elsewhere.PostAsync(""" "action":"channelJoinAnon","options":{"channel":"a"}""", stream.ResumeToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Publish(first, "a", "x");
        Assert.Equal("x", (await stream.ReadFrameAsync()).Content);
    }

    [Fact]
    public async Task A_fault_inside_the_proxy_closes_the_connection_with_a_number()
    {
        await using var host = await MessagingHost.StartAsync(services: services => services.AddSingleton<INodeBus>(new BrokenBus()));
        using var old = await host.ConnectAsync();
        using var again = await host.ConnectAsync();
        Assert.Equal("closed 1011", await ResumeAsync(again, Token(old)));
        using var next = await host.ConnectAsync();
        Assert.Contains("10101", await next.AskAsync("{}"), StringComparison.Ordinal);
    }

    private static string Token(MessagingClient client) => JsonNode.Parse(client.Greeting)!["resumeToken"]!.GetValue<string>();

    private static Task<string> ResumeAsync(MessagingClient client, string token) =>
        client.AskAsync($$$"""{"id":1,"action":"resume","options":{"resumeToken":"{{{token}}}"}}""");

    private static Task<MessagingHost> StartNodeAsync(List<TwinBus> nodes, IStateStore store)
    {
        var bus = new TwinBus(nodes, $"node{nodes.Count}");
        nodes.Add(bus);
        return MessagingHost.StartAsync(services: services => services.AddSingleton<INodeBus>(bus).AddSingleton(store));
    }

    private static void Publish(MessagingHost host, string channel, string text)
    {
        var stream = host.Hub.OpenStream(TestHub.Scope, [channel], "act", "s");
        stream.Delta(System.Text.Encoding.UTF8.GetBytes(text));
        stream.Close();
    }
}
