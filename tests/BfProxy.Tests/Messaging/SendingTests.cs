using System.Text.Json.Nodes;
using BfProxy.Tests.Hooks;

namespace BfProxy.Tests.Messaging;

public sealed class SendingTests : IAsyncLifetime
{
    private const string Channels = ""","email":"a@example.com","channels":[{"name":"ig","mode":"ignore"},{"name":"li","mode":"listen"},{"name":"re","mode":"receive"}]""";

    private HookReceiver _receiver = null!;
    private UsersHost _host = null!;

    public async Task InitializeAsync()
    {
        _receiver = await HookReceiver.StartAsync(new ManualTimeProvider());
        _host = await UsersHost.StartAsync($"--BfProxy:Apps:demo:Hooks:Messages:Url={_receiver.Address}", $"--BfProxy:Apps:demo:Hooks:Messages:Secret={HookReceiver.Secret}");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task The_mode_says_who_gets_a_message()
    {
        using var sender = await _host.EnterAsync("USER_1", Channels);
        using var other = await _host.EnterAsync("USER_2", ""","channels":["ig","li","re"]""");
        Assert.Equal("""{"id":4,"ok":true}""", await AnswerAsync(other, "messageSend", """ "channels":["re"],"model":{"from":"a user whose mode is ignore"} """));
        Assert.Equal("re", (await sender.ReadFrameAsync()).Channel);

        Assert.Equal("""{"id":4,"ok":true}""", await AnswerAsync(sender, "messageSend", """ "channels":["ig","li","re"],"actions":[{"action":"showAlert","options":{"text":"日"}}] """));
        const string Message = """{"actions":[{"action":"showAlert","options":{"text":"日"}}],"model":{},"app":{}}""";
        var from = ",\"from\":{\"connectionId\":\"" + sender.ConnectionId + "\",\"user\":{\"id\":\"USER_1\"}}}";
        foreach (var channel in (string[])["ig", "li"])
        {
            Assert.Equal($$"""{"channel":"{{channel}}","offset":1,"message":{{Message}}{{from}}""", await NextOfAsync(other, channel));
        }

        await _host.Host.StopAsync();
        Assert.Equal(
            ((string[])["li/listen", "re/receive"]).Select(one => $$$"""{"channel":"{{{one[..2]}}}","mode":"{{{one[3..]}}}","message":{{{Message}}},"user":{"id":"USER_1","email":"a@example.com"},"connectionId":"{{{sender.ConnectionId}}}","host":"127.0.0.1"}"""),
            _receiver.Calls.Select(call => call.Body));
        Assert.All(_receiver.Calls, call => Assert.Equal(200, call.Status));
    }

    [Fact]
    public async Task The_channels_of_all_users_and_his_own_are_browser_to_browser()
    {
        using var sender = await _host.EnterAsync("USER_1");
        using var tab = await _host.EnterAsync("USER_1");
        using var other = await _host.EnterAsync("USER_2");
        await sender.SendAsync("""{"id":4,"action":"messageSend","options":{"channels":["USER_1","authenticated"]}}""");
        Assert.NotNull(await NextOfAsync(tab, "USER_1"));
        Assert.Equal("authenticated", (await other.ReadFrameAsync()).Channel);
    }

    [Theory]
    [InlineData("messageSend", """ "channels":["chatRoom"] """, 10132)]
    [InlineData("messageSend", """ "channels":["ig","elsewhere"] """, 10132)]
    [InlineData("messageSend", """ "channels":["USER_2"] """, 10132)]
    [InlineData("messageSend", """ "channels":["anonymous"] """, 10132)]
    [InlineData("messageSend", """ "channels":[] """, 10130)]
    [InlineData("messageSend", """ "channels":"ig" """, 10131)]
    [InlineData("messageSend", """ "channels":["ig"],"actions":{} """, 10105)]
    [InlineData("messageSend", """ "channels":["ig"],"text":"lost" """, 10116)]
    [InlineData("messageSendAnonChannel", """ "channels":["ig"] """, 10132)]
    [InlineData("messageSendAnonChannel", """ "channels":["re"] """, 10132)]
    [InlineData("messageSendAnonChannel", """ "channels":["authenticated"] """, 10132)]
    [InlineData("messageSendAnonChannel", """ "channels":["USER_1"] """, 10132)]
    [InlineData("messageSendAnonChannel", """ "channels":["chatRoom"],"message":"lost" """, 10116)]
    public async Task What_may_not_be_sent_is_refused_by_number(string action, string options, int code)
    {
        using var client = await _host.EnterAsync("USER_1", Channels);
        await client.AskAsync("""{"id":1,"action":"channelJoinAnon","options":{"channel":"chatRoom"}}""");
        Assert.StartsWith($$$"""{"id":4,"error":{"code":{{{code}}},""", await SendAsync(client, action, options), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_read_is_named()
    {
        using var client = await _host.Host.ConnectAsync();
        Assert.Equal(
            """{"id":4,"error":{"code":10116,"message":"Unknown option 'text'"}}""",
            await SendAsync(client, "messageSendAnonChannel", """ "channels":["anonymous"],"text":"lost" """));
    }

    [Fact]
    public async Task A_visitor_without_a_user_has_no_channels_to_send_to()
    {
        using var client = await _host.Host.ConnectAsync();
        Assert.StartsWith("""{"id":4,"error":{"code":10132,""", await SendAsync(client, "messageSend", """ "channels":["anonymous"] """), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strangers_on_an_open_channel_do_not_learn_which_user_it_is()
    {
        using var user = await _host.EnterAsync("USER_1");
        using var stranger = await _host.Host.ConnectAsync();
        foreach (var client in (MessagingClient[])[user, stranger])
        {
            await client.AskAsync("""{"id":1,"action":"channelJoinAnon","options":{"channel":"chatRoom"}}""");
        }

        await user.SendAsync("""{"id":4,"action":"messageSendAnonChannel","options":{"channels":["chatRoom"]}}""");
        Assert.EndsWith(",\"from\":{\"connectionId\":\"" + user.ConnectionId + "\"}}", await stranger.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_hears_it_a_message_is_refused()
    {
        await using var host = await UsersHost.StartAsync();
        using var client = await host.EnterAsync("USER_1", Channels);
        Assert.StartsWith("""{"id":4,"error":{"code":10117,""", await SendAsync(client, "messageSend", """ "channels":["ig","re"] """), StringComparison.Ordinal);
        Assert.Equal("""{"id":4,"ok":true}""", await AnswerAsync(client, "messageSend", """ "channels":["ig"] """));
    }

    private static Task<string> SendAsync(MessagingClient client, string action, string options) =>
        client.AskAsync($$$"""{"id":4,"action":"{{{action}}}","options":{{{{options}}}}}""");

    /// <summary>The reply, past the frames that come before it.</summary>
    private static async Task<string> AnswerAsync(MessagingClient client, string action, string options)
    {
        var text = await SendAsync(client, action, options);
        while (!text.StartsWith("{\"id\":4", StringComparison.Ordinal))
        {
            text = await client.ReadAsync();
        }

        return text;
    }

    private static async Task<string> NextOfAsync(MessagingClient client, string channel)
    {
        while (true)
        {
            var text = await client.ReadAsync();
            if (JsonNode.Parse(text)!["channel"]?.GetValue<string>() == channel)
            {
                return text;
            }
        }
    }
}
