using System.Text.Json.Nodes;
using BfProxy.Tests.Channels;
using BfProxy.Tests.Security;

namespace BfProxy.Tests.Messaging;

public sealed class AuthenticateTests : IAsyncLifetime
{
    private const string Secret = "--BfProxy:Apps:demo:TokenSecret=" + TokenText.Secret;

    private MessagingHost _host = null!;
    private MessagingClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await MessagingHost.StartAsync([Secret]);
        _client = await _host.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_user_is_on_his_channels_on_his_own_and_on_authenticated()
    {
        Assert.Matches(
            """^\{"id":3,"ok":true,"user":"USER_1","channels":\[\{"channel":"salesRoom","mode":"listen","epoch":"[0-9a-z]{8}","offset":0\},\{"channel":"USER_1","mode":"ignore","epoch":"[0-9a-z]{8}","offset":0\},\{"channel":"authenticated","mode":"ignore","epoch":"[0-9a-z]{8}","offset":0\}\]\}$""",
            await AuthenticateAsync(_client, "USER_1", ""","channels":[{"name":"salesRoom","mode":"listen"}]"""));
        foreach (var channel in (string[])["salesRoom", "USER_1", "authenticated"])
        {
            Publish(channel, channel);
            Assert.Equal(channel, (await _client.ReadFrameAsync()).Channel);
        }
    }

    [Fact]
    public async Task A_user_is_no_longer_on_anonymous()
    {
        await AuthenticateAsync(_client, "USER_1");
        Publish("anonymous", "not for users");
        Publish("authenticated", "for users");
        Assert.Equal("authenticated", (await _client.ReadFrameAsync()).Channel);
        Assert.Contains("10132", await _client.AskAsync("""{"id":1,"action":"channelLeaveAnon","options":{"channel":"anonymous"}}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 10111)]
    [InlineData(""" "token":7 """, 10111)]
    [InlineData(""" "token":"a.b.c" """, 10111)]
    [InlineData(""" "token":"a","since":7 """, 10106)]
    [InlineData(""" "token":"a","since":{"x":7} """, 10106)]
    public async Task What_is_no_token_is_refused_and_the_connection_stays_anonymous(string options, int code)
    {
        Assert.StartsWith($$$"""{"id":3,"error":{"code":{{{code}}},""", await _client.AskAsync($$$"""{"id":3,"action":"authenticate","options":{{{{options}}}}}"""), StringComparison.Ordinal);
        Publish("authenticated", "x");
        Publish("anonymous", "y");
        Assert.Equal("anonymous", (await _client.ReadFrameAsync()).Channel);
    }

    [Fact]
    public async Task A_token_that_has_ended_has_its_own_code_but_does_not_end_a_connection()
    {
        await AuthenticateAsync(_client, "USER_1");
        for (var i = 0; i < 61; i++)
        {
            _host.Time.Advance(TimeSpan.FromMinutes(1));
        }

        using var late = await _host.ConnectAsync();
        Assert.Equal("""{"id":3,"error":{"code":10112,"message":"Token expired"}}""", await AuthenticateAsync(late, "USER_1"));
        Publish("USER_1", "still there");
        Assert.Equal("still there", (await ReadFrameAsync()).Content);
    }

    [Fact]
    public async Task A_connection_stays_with_its_first_user()
    {
        await AuthenticateAsync(_client, "USER_1");
        Assert.StartsWith("""{"id":3,"error":{"code":10113,""", await AuthenticateAsync(_client, "USER_2"), StringComparison.Ordinal);
        Publish("USER_2", "x");
        Publish("USER_1", "y");
        Assert.Equal("USER_1", (await _client.ReadFrameAsync()).Channel);
    }

    [Fact]
    public async Task A_second_token_of_the_same_user_changes_his_channels()
    {
        await AuthenticateAsync(_client, "USER_1", ""","channels":["old","both"]""");
        var reply = JsonNode.Parse(await AuthenticateAsync(_client, "USER_1", ""","channels":["both",{"name":"new","mode":"receive"}]"""))!;
        Assert.Equal(["both", "new", "USER_1", "authenticated"], reply["channels"]!.AsArray().Select(channel => channel!["channel"]!.GetValue<string>()));
        Publish("old", "x");
        Publish("both", "once");
        Publish("new", "y");
        Assert.Equal(["both", "new"], new[] { (await _client.ReadFrameAsync()).Channel, (await _client.ReadFrameAsync()).Channel }.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("anonymous", "")]
    [InlineData("authenticated", "")]
    [InlineData("tab|1", "")]
    [InlineData("USER_1", ""","channels":["tab|1"]""")]
    public async Task Reserved_names_are_no_users_and_no_channels_of_users(string user, string more) =>
        Assert.StartsWith("""{"id":3,"error":{"code":10114,""", await AuthenticateAsync(_client, user, more), StringComparison.Ordinal);

    [Fact]
    public async Task A_user_with_more_channels_than_a_connection_may_have_is_refused()
    {
        var channels = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"c{i}\""));
        Assert.StartsWith("""{"id":3,"error":{"code":10108,""", await AuthenticateAsync(_client, "USER_1", $",\"channels\":[{channels}]"), StringComparison.Ordinal);
        Assert.StartsWith("""{"id":3,"ok":true,""", await AuthenticateAsync(_client, "USER_2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_without_a_secret_has_no_users()
    {
        await using var host = await MessagingHost.StartAsync();
        using var client = await host.ConnectAsync();
        Assert.StartsWith("""{"id":3,"error":{"code":10115,""", await AuthenticateAsync(client, "USER_1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_tokens_are_counted_by_address_and_ended_ones_are_not()
    {
        var ended = TokenText.Make("""{"sub":"USER_1","exp":1767225600}""");
        for (var i = 0; i < 40; i++)
        {
            Assert.Contains("10112", await _client.AskAsync($$$"""{"id":3,"action":"authenticate","options":{"token":"{{{ended}}}"}}"""), StringComparison.Ordinal);
        }

        for (var i = 0; i < 30; i++)
        {
            Assert.Contains("10111", await _client.AskAsync("""{"id":3,"action":"authenticate","options":{"token":"x.y.z"}}"""), StringComparison.Ordinal);
        }

        Assert.Contains("10109", await AuthenticateAsync(_client, "USER_1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_back_says_where_he_stood_and_misses_nothing()
    {
        var reply = JsonNode.Parse(await AuthenticateAsync(_client, "USER_1", ""","channels":["sales"]"""))!;
        var epoch = reply["channels"]![0]!["epoch"]!.GetValue<string>();
        Publish("sales", "one");
        Assert.Equal("one", (await _client.ReadFrameAsync()).Content);
        _client.Socket.Abort();
        Publish("sales", "two");
        using var again = await _host.ConnectAsync();
        var token = TokenText.For("USER_1", ""","channels":["sales"]""");
        var back = JsonNode.Parse(await again.AskAsync($$$$"""{"id":3,"action":"authenticate","options":{"token":"{{{{token}}}}","since":{"sales":{"epoch":"{{{{epoch}}}}","offset":1} } } }"""))!;
        Assert.True(back["channels"]![0]!["recovered"]!.GetValue<bool>());
        Assert.Equal("two", (await again.ReadFrameAsync()).Content);
    }

    [Fact]
    public async Task A_user_reads_all_that_his_channels_keep()
    {
        Publish("sales", "before him");
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        var token = TokenText.For("USER_1", ""","channels":["sales"]""");
        await _client.AskAsync($$$$"""{"id":3,"action":"authenticate","options":{"token":"{{{{token}}}}","since":{"sales":"start"}}}""");
        Assert.Equal("before him", (await ReadFrameAsync()).Content);
    }

    [Fact]
    public async Task A_token_of_another_app_is_refused()
    {
        await using var host = await MessagingHost.StartAsync([Secret, "--BfProxy:Apps:other:Domains:0=localhost", $"--BfProxy:Apps:other:TokenSecret={TokenText.Secret}2"]);
        using var client = await MessagingClient.ConnectAsync(new UriBuilder(host.Address) { Host = "localhost" }.Uri);
        Assert.StartsWith("""{"id":3,"error":{"code":10111,""", await AuthenticateAsync(client, "USER_1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_stopping_needs_the_key_a_user_may_stop_too_and_a_stranger_not()
    {
        await using var host = await MessagingHost.StartAsync([Secret, "--BfProxy:Apps:demo:StopNeedsKey=true"]);
        using var client = await host.ConnectAsync();
        const string Stop = """{"id":5,"action":"llmQueryStop","options":{"streamId":"x"}}""";
        Assert.StartsWith("""{"id":5,"error":{"code":10132,""", await client.AskAsync(Stop), StringComparison.Ordinal);
        await AuthenticateAsync(client, "USER_1");
        Assert.Equal("""{"id":5,"ok":true,"status":"not_found","streamId":"x"}""", await client.AskAsync(Stop));
    }

    internal static Task<string> AuthenticateAsync(MessagingClient client, string user, string more = "") =>
        client.AskAsync($$$"""{"id":3,"action":"authenticate","options":{"token":"{{{TokenText.For(user, more)}}}"}}""");

    /// <summary>The next frame of a channel; replies and pings do not count.</summary>
    private async Task<Frame> ReadFrameAsync()
    {
        Frame frame;
        do
        {
            frame = await _client.ReadFrameAsync();
        }
        while (frame.Channel is null);

        return frame;
    }

    private void Publish(string channel, string text)
    {
        var stream = _host.Hub.OpenStream(TestHub.Scope, [channel], "act", "s");
        stream.Delta(System.Text.Encoding.UTF8.GetBytes(text));
        stream.Close();
    }
}
