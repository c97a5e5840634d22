using System.Text.Json.Nodes;

namespace BfProxy.Tests.Messaging;

public sealed class ServerApiTests : IAsyncLifetime
{
    private UsersHost _host = null!;

    public async Task InitializeAsync() => _host = await UsersHost.StartAsync("--BfProxy:DataCenter=us-east-1");

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_message_goes_to_all_its_channels_and_its_body_comes_back()
    {
        using var client = await _host.EnterAsync("USER_1", ""","channels":["channel1"]""");
        using var stranger = await _host.Host.ConnectAsync();
        const string Message = """{"actions":[{"action":"showAlert","options":{"text":"日 \"x\"","big":12345678901234567890.10}}],"model":{"myModelData":"modelData"},"app":{},"more":null}""";
        var answer = await _host.CallAsync("sendmessage", $"\"message\":/* as FileMaker has it */{Message},\"channels\":[\"channel1\",\"anonymous, tab|{stranger.ConnectionId}\"],");
        Assert.Equal($$"""{"apiKey":"{{UsersHost.Key}}","message":{{Message}},"channels":["channel1","anonymous, tab|{{stranger.ConnectionId}}"]}""", answer);
        Assert.Equal("{\"channel\":\"channel1\",\"offset\":1,\"message\":" + Message + ",\"from\":{}}", await client.ReadAsync());
        Assert.Equal(["anonymous", $"tab|{stranger.ConnectionId}"], new[] { (await stranger.ReadFrameAsync()).Channel, (await stranger.ReadFrameAsync()).Channel }.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("sendmessage", "", "channels: ")]
    [InlineData("sendmessage", "\"channels\":[]", "channels: ")]
    [InlineData("sendmessage", "\"channels\":7", "channels: ")]
    [InlineData("sendmessage", "\"channels\":\"a\"", "message: expected an object")]
    [InlineData("sendmessage", "\"channels\":\"a\",\"message\":\"hi\"", "message: expected an object")]
    [InlineData("adduser", "", "users: ")]
    [InlineData("adduser", "\"users\":[]", "users: ")]
    [InlineData("adduser", "\"users\":[{}]", "users[0].id: ")]
    [InlineData("adduser", "\"users\":[{\"id\":\"authenticated\",\"channels\":[]}]", "users[0].id: ")]
    [InlineData("adduser", "\"users\":[{\"id\":\"U\"}]", "users[0].channels: ")]
    [InlineData("adduser", "\"users\":[{\"id\":\"U\",\"channels\":[{\"name\":\"x\"},{\"mode\":\"listen\"}]}]", "users[0].channels[1]: expected {name, mode}")]
    [InlineData("adduser", "\"users\":[{\"id\":\"U\",\"channels\":[{\"name\":\"x\",\"mode\":\"shout\"}]}]", "users[0].channels[0]: expected {name, mode}")]
    [InlineData("adduser", "\"users\":[{\"id\":\"U\",\"channels\":[{\"name\":\"chatRoom\",\"mode\":\"listen\"}]}]", "users[0].channels[0]: this is an anonymous channel")]
    [InlineData("adduser", "\"users\":[{\"id\":\"U\",\"channels\":[{\"name\":\"tab|1\"}]}]", "users[0].channels[0]: this name is reserved")]
    [InlineData("adduser", "\"users\":[{\"id\":\"U\",\"channels\":[{\"name\":\"anonymous\"}]}]", "users[0].channels[0]: this name is reserved")]
    [InlineData("removeuser", "\"users\":[{\"id\":\"U\",\"channels\":7}]", "users[0].channels[0]: expected {name, mode}")]
    [InlineData("users", "\"channel\":7", "channel: expected a name")]
    [InlineData("allusers", "\"includeUsers\":\"maybe\"", "includeUsers: expected a boolean")]
    [InlineData("allusers", "\"dedupeUsers\":[]", "dedupeUsers: expected a boolean")]
    [InlineData("token", "", "user.id: ")]
    [InlineData("token", "\"user\":{\"id\":\"tab|1\"}", "user.id: ")]
    [InlineData("token", "\"user\":{\"id\":\"U\",\"email\":7}", "user.email: ")]
    [InlineData("token", "\"user\":{\"id\":\"U\"},\"ttl\":0", "ttl: ")]
    [InlineData("token", "\"user\":{\"id\":\"U\"},\"ttl\":1.5", "ttl: ")]
    [InlineData("token", "\"user\":{\"id\":\"U\"},\"channels\":[{\"name\":\"x\",\"mode\":1}]", "channels: ")]
    [InlineData("token", "\"user\":{\"id\":\"U\"},\"channels\":[\"authenticated\"]", "channels: ")]
    [InlineData("token", "\"user\":{\"id\":\"U\"},\"channels\":[\"chatRoom\"]", "channels: 'chatRoom' is an anonymous channel")]
    public async Task A_wrong_field_is_named(string path, string members, string fault)
    {
        var (status, body) = await _host.PostAsync(path, members);
        Assert.Equal(400, status);
        Assert.StartsWith(fault, JsonNode.Parse(body)!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("BadRequest", JsonNode.Parse(body)!["name"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("sendmessage")]
    [InlineData("adduser")]
    [InlineData("removeuser")]
    [InlineData("channels")]
    [InlineData("users")]
    [InlineData("allusers")]
    [InlineData("token")]
    public async Task Without_the_right_key_nothing_is_said(string path)
    {
        Assert.Equal(401, (await _host.PostAsync(path, key: "BFAPI_other")).Status);
        Assert.Equal(401, (await _host.PostAsync(path, key: "")).Status);
    }

    [Fact]
    public async Task A_message_that_fits_no_channel_is_refused() =>
        Assert.Equal(413, (await _host.PostAsync("sendmessage", $$"""
            "channels":["anonymous"],"message":{"x":"{{new string('x', 1024 * 1024)}}"}
            """)).Status);

    [Fact]
    public async Task A_user_who_is_connected_joins_and_leaves_at_once()
    {
        using var client = await _host.EnterAsync("USER_1");
        using var other = await _host.EnterAsync("USER_1");
        Assert.Equal("""{"users":["USER_1","USER_2"]}""", await _host.CallAsync("adduser", """ "users":[{"id":"USER_1","channels":[{"name":"sales","mode":"listen"}]},{"id":"USER_2","channels":[{"name":"sales","mode":"ignore"}]}]"""));
        foreach (var page in (MessagingClient[])[client, other])
        {
            Assert.Matches("""^\{"joined":\{"channel":"sales","mode":"listen","epoch":"[0-9a-z]{8}","offset":0\}\}$""", await page.ReadAsync());
            await SayAsync("sales");
            Assert.Equal("sales", (await page.ReadFrameAsync()).Channel);
        }

        Assert.Equal("sales", (await client.ReadFrameAsync()).Channel);
        Assert.Equal("""{"users":["USER_1"]}""", await _host.CallAsync("removeuser", """ "users":[{"id":"USER_1","channels":[{"name":"sales"}]}]"""));
        Assert.Equal("""{"left":{"channel":"sales"}}""", await client.ReadAsync());
        await SayAsync("sales");
        await SayAsync("USER_1");
        Assert.Equal("USER_1", (await client.ReadFrameAsync()).Channel);
    }

    [Fact]
    public async Task A_user_who_is_away_finds_his_channels_when_he_comes()
    {
        await _host.CallAsync("adduser", """ "users":[{"id":"USER_1","channels":[{"name":"sales","mode":"listen"},{"name":"news","mode":"receive"}]}]""");
        await _host.CallAsync("removeuser", """ "users":[{"id":"USER_1","channels":[{"name":"news","mode":"receive"}]}]""");
        using var client = await _host.Host.ConnectAsync();
        var channels = JsonNode.Parse(await AuthenticateTests.AuthenticateAsync(client, "USER_1"))!["channels"]!.AsArray();
        Assert.Equal(["sales/listen", "USER_1/ignore", "authenticated/ignore"], channels.Select(channel => $"{channel!["channel"]}/{channel["mode"]}"));
    }

    [Fact]
    public async Task The_server_counts_more_than_the_token_and_a_new_mode_is_told()
    {
        using var client = await _host.EnterAsync("USER_1", ""","channels":[{"name":"sales","mode":"listen"}]""");
        await _host.CallAsync("adduser", """ "users":[{"id":"USER_1","channels":[{"name":"sales","mode":"receive"}]}]""");
        Assert.StartsWith("""{"joined":{"channel":"sales","mode":"receive",""", await client.ReadAsync(), StringComparison.Ordinal);
        await _host.CallAsync("removeuser", """ "users":[{"id":"USER_1","channels":[{"name":"sales"}]}]""");
        Assert.Equal("""{"left":{"channel":"sales"}}""", await client.ReadAsync());
    }

    [Theory]
    [InlineData(""" "users":"USER_1","channels":{"name":"sales","mode":"ignore"} """)]
    [InlineData(""" "users":["USER_1"],"channels":[{"name":"sales","mode":"ignore"}] """)]
    [InlineData(""" "users":{"id":"USER_1","channels":"sales"} """)]
    public async Task Users_and_channels_may_come_as_the_scripts_of_BetterForms_are_given_them(string members)
    {
        Assert.Equal("""{"users":["USER_1"]}""", await _host.CallAsync("adduser", members));
        using var client = await _host.EnterAsync("USER_1");
        await SayAsync("sales");
        Assert.Equal("sales", (await client.ReadFrameAsync()).Channel);
    }

    [Fact]
    public async Task More_channels_than_a_connection_may_have_are_told_and_not_joined()
    {
        using var client = await _host.EnterAsync("USER_1");
        var channels = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"c{i}\""));
        await _host.CallAsync("adduser", $$""" "users":[{"id":"USER_1","channels":[{{channels}}]}]""");
        Assert.Equal("""{"error":{"code":10108,"message":"Too many channels"}}""", await client.ReadAsync());
    }

    [Fact]
    public async Task Active_channels_are_listed_by_their_kind()
    {
        Assert.Equal("""{"authenticated":[],"anonymous":[]}""", await _host.CallAsync("channels"));
        using var user = await _host.EnterAsync("USER_1", ""","channels":["channelOne"]""");
        using var visitor = await _host.Host.ConnectAsync();
        await visitor.AskAsync("""{"id":1,"action":"channelJoinAnon","options":{"channel":"chatRoom"}}""");
        Assert.Equal("""{"authenticated":["USER_1","authenticated","channelOne"],"anonymous":["anonymous","chatRoom"]}""", await _host.CallAsync("channels"));
    }

    [Fact]
    public async Task Users_are_listed_by_channel_each_once()
    {
        using var one = await _host.EnterAsync("USER_1", ""","email":"a@example.com","channels":["salesRoom"]""");
        using var again = await _host.EnterAsync("USER_1", ""","email":"a@example.com","channels":["salesRoom"]""");
        using var two = await _host.EnterAsync("USER_2", ""","channels":["salesRoom"]""");
        using var visitor = await _host.Host.ConnectAsync();
        Assert.Equal("""{"salesRoom":[{"id":"USER_1","email":"a@example.com"},{"id":"USER_2","email":null}]}""", await _host.CallAsync("users", "\"channel\":\"salesRoom\""));
        Assert.Equal("""{"anonymous":1}""", await _host.CallAsync("users", "\"channel\":\"anonymous\""));
        Assert.Equal($$$"""{"tab|{{{one.ConnectionId}}}":{"id":"USER_1","email":"a@example.com"}}""", await _host.CallAsync("users", $"\"channel\":\"tab|{one.ConnectionId}\""));
        Assert.Equal("""{"empty":[]}""", await _host.CallAsync("users", "\"channel\":\"empty\""));
        Assert.Equal("""{"chatEmpty":0}""", await _host.CallAsync("users", "\"channel\":\"chatEmpty\""));
        Assert.Equal("{}", await _host.CallAsync("users", "\"channel\":\"tab|nobody\""));
        var all = JsonNode.Parse(await _host.CallAsync("users"))!.AsObject();
        Assert.Equal(1, all[$"tab|{visitor.ConnectionId}"]!.GetValue<int>());
        Assert.Equal(1, all["anonymous"]!.GetValue<int>());
        Assert.Equal(["USER_1", "USER_2"], all["authenticated"]!.AsArray().Select(user => user!["id"]!.GetValue<string>()));
        Assert.Equal(9, all.Count);
    }

    [Fact]
    public async Task Connections_are_counted_by_data_center()
    {
        using var one = await _host.EnterAsync("USER_1", ""","email":"a@example.com" """);
        using var again = await _host.EnterAsync("USER_1", ""","email":"a@example.com" """);
        using var visitor = await _host.Host.ConnectAsync();
        const string User = """{"id":"USER_1","email":"a@example.com"}""";
        Assert.Equal("""{"us-east-1":{"authenticated":1,"anonymous":1},"_total":{"authenticated":1,"anonymous":1}}""", await _host.CallAsync("allusers"));
        Assert.Equal("""{"us-east-1":{"authenticated":2,"anonymous":1},"_total":{"authenticated":2,"anonymous":1}}""", await _host.CallAsync("allusers", "\"dedupeUsers\":0"));
        Assert.Equal(
            $$$"""{"us-east-1":{"authenticated":[{{{User}}}],"authenticatedCount":1,"anonymous":1},"_total":{"authenticated":1,"anonymous":1}}""",
            await _host.CallAsync("allusers", "\"includeUsers\":true"));
        Assert.Equal(
            $$$"""{"us-east-1":{"authenticated":[{{{User}}},{{{User}}}],"authenticatedCount":2,"anonymous":1},"_total":{"authenticated":2,"anonymous":1}}""",
            await _host.CallAsync("allusers", "\"includeUsers\":\"true\",\"dedupeUsers\":false"));
    }

    [Fact]
    public async Task Who_has_gone_is_not_counted()
    {
        var client = await _host.EnterAsync("USER_1");
        await client.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        _host.Host.WaitForConnections(0);
        Assert.Equal("""{"us-east-1":{"authenticated":0,"anonymous":0},"_total":{"authenticated":0,"anonymous":0}}""", await _host.CallAsync("allusers"));
    }

    [Fact]
    public async Task A_token_that_was_made_here_lets_its_user_in()
    {
        var answer = await _host.CallAsync("token", """ "user":{"id":"USER_1","email":"a@example.com"},"channels":[{"name":"salesRoom","mode":"listen"}],"ttl":60""");
        var token = JsonNode.Parse(answer)!["token"]!.GetValue<string>();
        using var client = await _host.Host.ConnectAsync();
        Assert.StartsWith(
            """{"id":3,"ok":true,"user":"USER_1","channels":[{"channel":"salesRoom","mode":"listen",""",
            await client.AskAsync($$$"""{"id":3,"action":"authenticate","options":{"token":"{{{token}}}"}}"""),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_without_a_secret_makes_no_tokens()
    {
        await using var host = await UsersHost.StartAsync("--BfProxy:Apps:demo:TokenSecret=");
        Assert.Equal(403, (await host.PostAsync("token", "\"user\":{\"id\":\"U\"}")).Status);
        Assert.StartsWith("""{"default":""", await host.CallAsync("allusers"), StringComparison.Ordinal);
    }

    private Task<string> SayAsync(string channel) => _host.CallAsync("sendmessage", $$""" "channels":["{{channel}}"],"message":{}""");
}
