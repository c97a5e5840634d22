using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Backplane;
using BfProxy.Tests.Host;
using BfProxy.Tests.Messaging;
using BfProxy.Tests.Security;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>A node that lost sight of the others for a while, and nodes whose Redis lost all: what they missed is made up for.</summary>
public sealed class CutOffNodeTests : IAsyncLifetime
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, string?> Users = new(StringComparer.Ordinal)
    {
        ["BfProxy:Apps:test:TokenSecret"] = TokenText.Secret,
        ["BfProxy:Apps:test:AnonymousChannels:2"] = "u-*",
    };

    private RedisWire _wire = null!;
    private SharedNodes _nodes = null!;
    private ProxyHost _far = null!;

    public async Task InitializeAsync()
    {
        _nodes = await SharedNodes.StartAsync(Users);
        _wire = RedisWire.To(_nodes.Redis);
        _far = await ProxyHost.StartAsync(new(Users, StringComparer.Ordinal) { ["BfProxy:Backplane:Redis"] = _wire.ConnectionString });
    }

    public async Task DisposeAsync()
    {
        await _far.DisposeAsync();
        await _wire.DisposeAsync();
        await _nodes.DisposeAsync();
    }

    [Fact]
    public async Task A_user_on_a_node_that_was_cut_off_is_put_on_and_taken_off_channels_once_it_is_back()
    {
        await CallAsync(_nodes.One, "adduser", "u-1", "sales", "kept");
        using var page = await MessagingClient.ConnectAsync(_far.Address);
        Assert.Contains("\"sales\"", await EnterAsync(page, "u-1"), StringComparison.Ordinal);

        _wire.Cut();
        await HealthAsync(_far, "degraded");
        await CallAsync(_nodes.One, "removeuser", "u-1", "sales");
        await CallAsync(_nodes.One, "adduser", "u-1", "news");
        _wire.Mend();

        Assert.Equal("""{"left":{"channel":"sales"}}""", await page.ReadAsync().WaitAsync(LongEnough));
        Assert.StartsWith("""{"joined":{"channel":"news","mode":"ignore",""", await page.ReadAsync().WaitAsync(LongEnough), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Users_who_are_connected_keep_their_channels_and_their_names_over_an_emptied_redis(bool restarts)
    {
        using var stranger = await MessagingClient.ConnectAsync(_nodes.Two.Address);
        await CallAsync(_nodes.One, "adduser", "u-1", "sales");
        using var page = await MessagingClient.ConnectAsync(_far.Address);
        Assert.Contains("\"mine\"", await EnterAsync(page, "u-1", ""","channels":["mine"]"""), StringComparison.Ordinal);

        if (restarts)
        {
            await _nodes.Redis.StopAsync();
            await _nodes.Redis.StartAsync();
        }
        else
        {
            // No connection breaks over it.
            await using var link = _nodes.Redis.Link();
            await link.RunAsync(database => database.ExecuteAsync("FLUSHALL"), default);
        }

        using var patience = new CancellationTokenSource(LongEnough);
        string entered;
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            using var other = await MessagingClient.ConnectAsync(_nodes.Two.Address);
            entered = await EnterAsync(other, "u-1");
        }
        while (!entered.Contains("\"sales\"", StringComparison.Ordinal));

        Assert.DoesNotContain("\"mine\"", entered, StringComparison.Ordinal);
        Assert.Contains("10132", await AskAsync(stranger, """{"id":3,"action":"channelJoinAnon","options":{"channel":"u-1"}}"""), StringComparison.Ordinal);
        await CallAsync(_nodes.One, "removeuser", "u-1", "sales");
        string said;
        do
        {
            // Notices that the channels began anew come before it.
            said = await page.ReadAsync().WaitAsync(LongEnough);
            Assert.DoesNotContain("joined", said, StringComparison.Ordinal);
        }
        while (said != """{"left":{"channel":"sales"}}""");
    }

    [Fact]
    public async Task The_key_that_tokens_are_signed_with_outlives_an_emptied_redis()
    {
        await using var old = await _nodes.One.ConnectAsync();
        await _nodes.Redis.StopAsync();
        await _nodes.Redis.StartAsync();
        await KeyWrittenAsync();

        await using var newcomer = await SharedNodes.StartNodeAsync(_nodes.Redis);
        await using var again = await newcomer.ConnectAsync();
        Assert.Equal(old.ConnectionId, (await ResumeAsync(again, old))["connectionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_connection_is_resumed_while_redis_is_away_and_the_old_one_is_closed_afterwards()
    {
        await using var old = await _nodes.One.ConnectAsync();
        await using var again = await _far.ConnectAsync();
        _wire.Cut();
        await HealthAsync(_far, "degraded");

        Assert.Equal(old.ConnectionId, (await ResumeAsync(again, old))["connectionId"]!.GetValue<string>());
        Assert.True((await again.JoinAsync($"tab|{old.ConnectionId}", "start"))["ok"]!.GetValue<bool>());
        _wire.Mend();

        Assert.Equal(4010, (int?)await old.ReadCloseAsync());
    }

    [Fact]
    public async Task Who_stops_a_stream_of_a_node_that_is_cut_off_is_told_to_try_again()
    {
        _far.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Hang());
        await using var client = await _nodes.One.ConnectAsync();
        using var answer = await _far.ChatAsync(""" "model":"gpt-fake-1","stream":true """);
        var streamId = (await client.NextAsync())["streamId"]!.GetValue<string>();

        _wire.Cut();
        using (var refused = await StopAsync(streamId))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        _wire.Mend();
        HttpStatusCode status;
        do
        {
            using var stopped = await StopAsync(streamId);
            status = stopped.StatusCode;
        }
        while (status == HttpStatusCode.ServiceUnavailable);

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal("stopped", (await client.NextAsync())["event"]!["finish_reason"]!.GetValue<string>());
    }

    private Task<HttpResponseMessage> StopAsync(string streamId) => _nodes.One.PostAsync("llm/query/stop", $$"""{"streamId":"{{streamId}}"}""");

    private static Task<JsonNode> ResumeAsync(ChannelClient client, ChannelClient old) =>
        client.CommandAsync("resume", new JsonObject { ["resumeToken"] = old.Greeting["resumeToken"]!.DeepClone() });

    private static async Task CallAsync(ProxyHost node, string path, string user, params string[] channels)
    {
        var names = string.Join(',', channels.Select(channel => $"\"{channel}\""));
        using var patience = new CancellationTokenSource(LongEnough);
        HttpStatusCode status;
        do
        {
            // A node that has not found its Redis again refuses; its callers try again.
            patience.Token.ThrowIfCancellationRequested();
            using var answer = await node.PostAsync("message/" + path, $$"""{"apiKey":"{{ProxyHost.AppKey}}","users":[{"id":"{{user}}","channels":[{{names}}]}]}""");
            status = answer.StatusCode;
        }
        while (status == HttpStatusCode.ServiceUnavailable);

        Assert.Equal(HttpStatusCode.Created, status);
    }

    private static Task<string> EnterAsync(MessagingClient client, string user, string more = "")
    {
        var token = TokenText.Make($$"""{"sub":"{{user}}","exp":{{TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds()}}{{more}}}""");
        return AskAsync(client, $$$"""{"id":3,"action":"authenticate","options":{"token":"{{{token}}}"}}""");
    }

    /// <summary>The answer to a command with id 3, past whatever comes before it.</summary>
    private static async Task<string> AskAsync(MessagingClient client, string command)
    {
        await client.SendAsync(command);
        string said;
        do
        {
            said = await client.ReadAsync().WaitAsync(LongEnough);
        }
        while (!said.StartsWith("""{"id":3,""", StringComparison.Ordinal));

        return said;
    }

    /// <summary>Waits until a node has written the key to the new store.</summary>
    private async Task KeyWrittenAsync()
    {
        await using var link = _nodes.Redis.Link();
        var store = new RedisStateStore(link);
        using var patience = new CancellationTokenSource(LongEnough);
        byte[]? key = null;
        while (key is null)
        {
            patience.Token.ThrowIfCancellationRequested();
            try
            {
                key = await store.GetAsync("messaging:key", patience.Token);
            }
            catch (StateUnavailableException)
            {
                // Not connected yet.
            }
        }
    }

    private static async Task HealthAsync(ProxyHost node, string status)
    {
        using var patience = new CancellationTokenSource(LongEnough);
        while (!(await node.Http.GetStringAsync(new Uri("health/ready", UriKind.Relative), patience.Token)).Contains(status, StringComparison.Ordinal))
        {
            // It is noticed within two seconds.
        }
    }
}
