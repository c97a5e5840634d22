using System.Text.Json.Nodes;

namespace BfProxy.Tests.Messaging;

/// <summary>Users whose pages, and whose app's server, are on different nodes.</summary>
public abstract class NodesTests : IAsyncLifetime
{
    internal const string OpenNames = "--BfProxy:Apps:demo:AnonymousChannels:4=u-*";

    private UsersHost[] _nodes = [];

    public async Task InitializeAsync() => _nodes = await StartAsync();

    internal abstract Task<UsersHost[]> StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_user_joins_and_leaves_on_every_node()
    {
        using var first = await _nodes[0].EnterAsync("USER_1");
        using var second = await _nodes[1].EnterAsync("USER_1");
        await _nodes[2].CallAsync("adduser", """ "users":[{"id":"USER_1","channels":["sales"]}]""");
        Assert.StartsWith("""{"joined":{"channel":"sales",""", await first.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("""{"joined":{"channel":"sales",""", await second.ReadAsync(), StringComparison.Ordinal);
        await _nodes[1].CallAsync("removeuser", """ "users":[{"id":"USER_1","channels":["sales"]}]""");
        Assert.Equal("""{"left":{"channel":"sales"}}""", await first.ReadAsync());
        Assert.Equal("""{"left":{"channel":"sales"}}""", await second.ReadAsync());
    }

    [Fact]
    public async Task Presence_is_that_of_all_nodes()
    {
        using var first = await _nodes[0].EnterAsync("USER_1");
        using var second = await _nodes[1].EnterAsync("USER_1");
        using var third = await _nodes[2].EnterAsync("USER_2");
        using var visitor = await _nodes[2].Host.ConnectAsync();
        Assert.Equal("""{"authenticated":["USER_1","USER_2","authenticated"],"anonymous":["anonymous"]}""", await _nodes[0].CallAsync("channels"));
        Assert.Equal("""{"authenticated":[{"id":"USER_1","email":null},{"id":"USER_2","email":null}]}""", await _nodes[1].CallAsync("users", "\"channel\":\"authenticated\""));
        Assert.Equal(
            """{"dc0":{"authenticated":2,"anonymous":1},"dc1":{"authenticated":1,"anonymous":0},"_total":{"authenticated":3,"anonymous":1}}""",
            await _nodes[2].CallAsync("allusers"));
    }

    [Fact]
    public async Task A_node_that_has_stopped_is_not_counted()
    {
        using var first = await _nodes[0].EnterAsync("USER_1");
        using var second = await _nodes[1].EnterAsync("USER_2");
        await _nodes[1].Host.StopAsync();
        Assert.Equal("""{"dc0":{"authenticated":1,"anonymous":0},"_total":{"authenticated":1,"anonymous":0}}""", await _nodes[0].CallAsync("allusers"));
    }

    [Fact]
    public async Task A_private_channel_that_a_pattern_would_open_is_private_on_every_node()
    {
        using var early = await _nodes[0].Host.ConnectAsync();
        using var late = await _nodes[1].Host.ConnectAsync();
        Assert.Contains("\"ok\":true", await JoinAsync(early, "u-1"), StringComparison.Ordinal);
        Assert.Contains("\"ok\":true", await JoinAsync(early, "u-2"), StringComparison.Ordinal);

        using var user = await _nodes[2].EnterAsync("u-1");
        Assert.Equal("closed 4003", await early.ReadAsync());
        Assert.Contains("10132", await JoinAsync(late, "u-1"), StringComparison.Ordinal);
        await using var http = await EventStreamClient.ConnectAsync(_nodes[1].Host.Address, "?channel=u-1");
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, http.Response.StatusCode);

        Assert.Contains("\"ok\":true", await JoinAsync(user, "u-1"), StringComparison.Ordinal);
        Assert.Equal("""{"u-1":[{"id":"u-1","email":null}]}""", await _nodes[0].CallAsync("users", "\"channel\":\"u-1\""));
        Assert.Contains("\"u-1\"", JsonNode.Parse(await _nodes[0].CallAsync("channels"))!["authenticated"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_was_added_before_he_ever_came_has_his_name_too()
    {
        await _nodes[0].CallAsync("adduser", """ "users":[{"id":"u-7","channels":["sales"]}]""");
        using var stranger = await _nodes[1].Host.ConnectAsync();
        Assert.Contains("10132", await JoinAsync(stranger, "u-7"), StringComparison.Ordinal);
    }

    private static Task<string> JoinAsync(MessagingClient client, string channel) =>
        client.AskAsync($$$"""{"id":1,"action":"channelJoinAnon","options":{"channel":"{{{channel}}}"}}""");
}
