using System.Net;
using BfProxy.Tests.Channels;

namespace BfProxy.Tests.Messaging;

public sealed class PostedCommandTests : IAsyncLifetime
{
    private MessagingHost _host = null!;
    private EventStreamClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await MessagingHost.StartAsync();
        _client = await EventStreamClient.ConnectAsync(_host.Address);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_join_is_answered_as_on_a_socket_and_frames_come_over_the_stream()
    {
        using var answer = await _client.PostAsync("""/* a note */ "id":1,"action":"channelJoinAnon","options":{"channel":"a",}""", _client.ResumeToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Matches("""^\{"id":1,"ok":true,"channel":"a","epoch":"[^"]+","offset":0\}$""", await answer.Content.ReadAsStringAsync());
        Publish("a", "x");
        Assert.Equal("x", (await _client.ReadFrameAsync()).Content);
        Assert.Equal("""{"id":"2","ok":true,"channel":"a"}""", await _client.AskAsync(""" "id":"2","action":"channelLeaveAnon","options":{"channel":"a"}"""));
        Publish("a", "y");
        Publish("anonymous", "z");
        Assert.Equal("z", (await _client.ReadFrameAsync()).Content);
    }

    [Fact]
    public async Task A_channel_joined_by_command_is_in_the_cursor()
    {
        Publish("a", "x");
        await _client.AskAsync(""" "id":1,"action":"channelJoinAnon","options":{"channel":"a","since":"start"}""");
        Assert.Equal("x", (await _client.ReadFrameAsync()).Content);
        Publish("a", "missed");
        await using var again = await EventStreamClient.ConnectAsync(_host.Address, "?channel=a", _client.LastEventId);
        Assert.True(again.Channel("a")["recovered"]!.GetValue<bool>());
        Assert.Equal("missed", (await again.ReadFrameAsync()).Content);
    }

    [Fact]
    public async Task Messages_are_sent_in_the_name_of_the_connection()
    {
        await _client.AskAsync(""" "action":"channelJoinAnon","options":{"channel":"a"}""");
        Assert.Equal("""{"id":4,"ok":true}""", await _client.AskAsync(""" "id":4,"action":"messageSendAnonChannel","options":{"channels":["a"],"actions":[1.50],"model":{"k":"日"}}"""));
        Assert.Equal(
            $$$$"""{"channel":"a","offset":1,"message":{"actions":[1.50],"model":{"k":"日"},"app":{}},"from":{"connectionId":"{{{{_client.ConnectionId}}}}"}}""",
            (await _client.ReadAsync())!.Value.Data);
    }

    [Theory]
    [InlineData(""" "id":1,"action":"channelJoinAnon" """, """{"id":1,"error":{"code":10130,"message":"Missing channel"}}""")]
    [InlineData(""" "id":1,"action":"fly" """, """{"id":1,"error":{"code":10102,"message":"Unknown action"}}""")]
    [InlineData(""" "id":1 """, """{"id":1,"error":{"code":10101,"message":"Missing action"}}""")]
    [InlineData(""" "pong":1 """, "{}")]
    public async Task A_refused_command_keeps_its_code(string members, string reply) => Assert.Equal(reply, await _client.AskAsync(members));

    [Fact]
    public async Task Tokens_of_strangers_and_forged_ones_are_refused_and_guesses_run_out()
    {
        var parts = _client.ResumeToken.Split('.');
        foreach (var token in (string[])["", "x", "..", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{new string('0', 32)}.{parts[2]}", new string('x', 10_000)])
        {
            using var answer = await _client.PostAsync(""" "action":"fly" """, token);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Contains("not-authenticated", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        for (var i = 0; i < 30; i++)
        {
            (await _client.PostAsync(""" "action":"fly" """, "x")).Dispose();
        }

        using var slowed = await _client.PostAsync(""" "action":"fly" """, _client.ResumeToken);
        Assert.Equal(HttpStatusCode.TooManyRequests, slowed.StatusCode);
    }

    [Fact]
    public async Task A_token_is_good_for_its_own_app_only()
    {
        await using var host = await MessagingHost.StartAsync(["--BfProxy:Apps:other:Domains:0=localhost", "--BfProxy:Apps:demo:Domains:0=127.0.0.1"]);
        await using var client = await EventStreamClient.ConnectAsync(host.Address);
        await using var other = await EventStreamClient.ConnectAsync(new UriBuilder(host.Address) { Host = "localhost" }.Uri);
        using var answer = await other.PostAsync(""" "action":"fly" """, client.ResumeToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Of_a_stream_that_has_ended_nothing_can_be_asked()
    {
        await _host.Hub.Connections.CloseAllAsync(CancellationToken.None);
        using var answer = await _client.PostAsync(""" "action":"fly" """, _client.ResumeToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_command_has_the_size_of_a_message()
    {
        using var answer = await _client.PostAsync($$""" "action":"{{new string('x', 70_000)}}" """, _client.ResumeToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Commands_at_the_same_time_are_carried_out_one_after_the_other()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _client.AskAsync($$$""" "id":{{{i}}},"action":"{{{(i % 2 == 0 ? "channelJoinAnon" : "channelLeaveAnon")}}}","options":{"channel":"chat"}""")));
        Assert.All(replies, reply => Assert.StartsWith("{\"id\":", reply, StringComparison.Ordinal));
        await _client.AskAsync(""" "action":"channelJoinAnon","options":{"channel":"chat"}""");
        Publish("chat", "once");
        Publish("anonymous", "end");
        Assert.Equal(["end", "once"], new[] { (await _client.ReadFrameAsync()).Content!, (await _client.ReadFrameAsync()).Content! }.Order(StringComparer.Ordinal));
    }

    private void Publish(string channel, string text)
    {
        var stream = _host.Hub.OpenStream(TestHub.Scope, [channel], "act", "s");
        stream.Delta(System.Text.Encoding.UTF8.GetBytes(text));
        stream.Close();
    }
}
