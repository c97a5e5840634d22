using System.Text.RegularExpressions;
using BfProxy.Tests.Channels;

namespace BfProxy.Tests.Messaging;

public sealed partial class CommandTests : IAsyncLifetime
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
    public void A_new_connection_is_greeted_with_its_id_and_its_two_channels() => Assert.Matches(GreetingPattern(), _client.Greeting);

    [Fact]
    public async Task A_join_is_answered_with_the_position_and_then_brings_frames()
    {
        Assert.Matches("""^\{"id":1,"ok":true,"channel":"chatRoom","epoch":"[0-9a-z]{8}\.0\.[0-9A-Za-z_-]{12}","offset":0\}$""", await Ask("""{"id":1,"action":"channelJoinAnon","options":{"channel":"chatRoom"}}"""));
        Publish("chatRoom", "hi");
        Assert.Equal("""{"channel":"chatRoom","offset":1,"actionName":"act","streamId":"s","seq":1,"event":{"type":"delta","content":"hi"}}""", await _client.ReadAsync());
    }

    [Theory]
    [InlineData("\"a-1\"")]
    [InlineData("\"日\\n\"")]
    [InlineData("12345678901234567890")]
    [InlineData("1.50")]
    public async Task The_reply_repeats_the_id_as_it_came(string id) =>
        Assert.StartsWith($$$$"""{"id":{{{{id}}}},"ok":true,""", await Ask($$$$"""{"id":{{{{id}}}},"action":"channelJoinAnon","options":{"channel":"a"}}"""), StringComparison.Ordinal);

    [Fact]
    public async Task A_command_without_id_is_answered_without() =>
        Assert.StartsWith("""{"ok":true,"channel":"a",""", await Ask("""{"action":"channelJoinAnon","options":{"channel":"a"}}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"id":1,"action":"channelJoinAnon"}""", 10130, "Missing channel")]
    [InlineData("""{"id":1,"action":"channelJoinAnon","options":{}}""", 10130, "Missing channel")]
    [InlineData("""{"id":1,"action":"channelJoinAnon","options":{"channel":""}}""", 10130, "Missing channel")]
    [InlineData("""{"id":1,"action":"channelJoinAnon","options":{"channel":7}}""", 10130, "Missing channel")]
    [InlineData("""{"id":1,"action":"channelJoinAnon","options":{"channel":"private"}}""", 10132, "Not allowed or not on that channel")]
    [InlineData("""{"id":1,"action":"channelJoinAnon","options":{"channel":"tab|1"}}""", 10132, "Not allowed or not on that channel")]
    [InlineData("""{"id":1,"action":"channelJoinAnon","options":{"channel":"authenticated"}}""", 10132, "Not allowed or not on that channel")]
    [InlineData("""{"id":1,"action":"channelJoinAnon","options":{"channel":"a","since":5}}""", 10106, "Since must be \"start\", {epoch, offset} or {streamId}")]
    [InlineData("""{"id":1,"action":"channelJoinAnon","options":{"channel":"a","since":{"epoch":"x","offset":-1}}}""", 10106, "Since must be \"start\", {epoch, offset} or {streamId}")]
    [InlineData("""{"id":1,"action":"channelLeaveAnon","options":{"channel":"a"}}""", 10132, "Not allowed or not on that channel")]
    [InlineData("""{"id":1,"action":"messageSendAnonChannel","options":{}}""", 10130, "Missing channel")]
    [InlineData("""{"id":1,"action":"messageSendAnonChannel","options":{"channels":[]}}""", 10130, "Missing channel")]
    [InlineData("""{"id":1,"action":"messageSendAnonChannel","options":{"channels":"a"}}""", 10131, "Channels must be an array")]
    [InlineData("""{"id":1,"action":"messageSendAnonChannel","options":{"channels":["a"]}}""", 10132, "Not allowed or not on that channel")]
    [InlineData("""{"id":1,"action":"messageSendAnonChannel","options":{"channels":["anonymous"],"actions":{}}}""", 10105, "Actions must be an array, model and app objects")]
    [InlineData("""{"id":1,"action":"fly"}""", 10102, "Unknown action")]
    [InlineData("""{"id":1}""", 10101, "Missing action")]
    [InlineData("""{"id":1,"action":"channelJoinAnon","options":[]}""", 10104, "Options must be an object")]
    public async Task A_refusal_has_its_code(string command, int code, string message)
    {
        var text = System.Text.Json.JsonSerializer.Serialize(message, RelaxedJson);
        Assert.Equal($$$"""{"id":1,"error":{"code":{{{code}}},"message":{{{text}}}}}""", await Ask(command));
    }

    [Theory]
    [InlineData("", 10100)]
    [InlineData("hello", 10100)]
    [InlineData("{", 10100)]
    [InlineData("[]", 10100)]
    [InlineData("""{"id":1,"action":"channelJoinAnon","options":{"channel":"\ud800"}}""", 10100)]
    [InlineData("""{"\ud800":1}""", 10100)]
    [InlineData("""{"p\ud800":1,"action":"channelJoinAnon"}""", 10100)]
    [InlineData("""{"id":{},"action":"channelJoinAnon"}""", 10103)]
    public async Task What_cannot_be_read_is_refused_and_the_connection_stays(string text, int code)
    {
        Assert.StartsWith($$$"""{"error":{"code":{{{code}}},""", await Ask(text), StringComparison.Ordinal);
        Assert.Contains("\"ok\":true", await Ask("""{"action":"channelJoinAnon","options":{"channel":"a"}}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_end_somewhere() =>
        Assert.Contains("10107", await Ask($$$"""{"action":"channelJoinAnon","options":{"channel":"chat{{{new string('x', 200)}}}"}}"""), StringComparison.Ordinal);

    [Fact]
    public async Task A_thousand_joins_are_bounded()
    {
        var replies = new List<string>();
        for (var i = 0; i < 1_000; i++)
        {
            replies.Add(await Ask($$$"""{"id":{{{i}}},"action":"channelJoinAnon","options":{"channel":"chat{{{i}}}"}}"""));
        }

        Assert.All(replies.Take(98), reply => Assert.Contains("\"ok\":true", reply, StringComparison.Ordinal));
        Assert.All(replies.Skip(98), reply => Assert.Contains("10108", reply, StringComparison.Ordinal));
        Assert.Equal(100, _host.Hub.ChannelCount);
    }

    [Fact]
    public async Task A_message_reaches_all_on_the_channel_the_sender_included()
    {
        using var other = await _host.ConnectAsync();
        await Ask("""{"action":"channelJoinAnon","options":{"channel":"a"}}""");
        await other.AskAsync("""{"action":"channelJoinAnon","options":{"channel":"a"}}""");
        await _client.SendAsync("""{"id":4,"action":"messageSendAnonChannel","options":{"channels":["a","a"],"actions":[{"action":"showAlert","options":{"n":1.0}}],"model":{"k":"日"}}}""");
        var expected = $$$"""{"channel":"a","offset":1,"message":{"actions":[{"action":"showAlert","options":{"n":1.0}}],"model":{"k":"日"},"app":{}},"from":{"connectionId":"{{{_client.ConnectionId}}}"}}""";
        Assert.Equal(expected, await other.ReadAsync());
        var heard = await _client.ReadAsync() + await _client.ReadAsync();
        Assert.Contains("""{"id":4,"ok":true}""", heard, StringComparison.Ordinal);
        Assert.Contains(expected, heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_socket_joined_twice_is_one_subscription()
    {
        await Ask("""{"action":"channelJoinAnon","options":{"channel":"a"}}""");
        Publish("a", "x");
        Assert.Equal(1, (await _client.ReadFrameAsync()).Offset);
        Assert.EndsWith("\"offset\":1}", await Ask("""{"action":"channelJoinAnon","options":{"channel":"a"}}"""), StringComparison.Ordinal);
        Publish("a", "y");
        Assert.Equal(2, (await _client.ReadFrameAsync()).Offset);
        Publish("a", "z");
        Assert.Equal(3, (await _client.ReadFrameAsync()).Offset);
    }

    [Fact]
    public async Task Who_has_left_hears_nothing_more()
    {
        await Ask("""{"action":"channelJoinAnon","options":{"channel":"a"}}""");
        Assert.Equal("""{"id":2,"ok":true,"channel":"a"}""", await Ask("""{"id":2,"action":"channelLeaveAnon","options":{"channel":"a"}}"""));
        Publish("a", "x");
        Publish("anonymous", "y");
        Assert.Equal("anonymous", (await _client.ReadFrameAsync()).Channel);
    }

    [Fact]
    public async Task Who_comes_back_gets_what_was_missed_after_the_reply()
    {
        var epoch = EpochPattern().Match(await Ask("""{"action":"channelJoinAnon","options":{"channel":"a"}}""")).Groups["epoch"].Value;
        Publish("a", "1");
        await _client.ReadFrameAsync();
        _client.Dispose();
        Publish("a", "2");
        using var again = await _host.ConnectAsync();
        var reply = await again.AskAsync($$$$"""{"id":1,"action":"channelJoinAnon","options":{"channel":"a","since":{"epoch":"{{{{epoch}}}}","offset":1}}}""");
        Assert.Equal($$"""{"id":1,"ok":true,"channel":"a","epoch":"{{epoch}}","offset":2,"recovered":true}""", reply);
        Publish("a", "3");
        Assert.Equal("2", (await again.ReadFrameAsync()).Content);
        Assert.Equal("3", (await again.ReadFrameAsync()).Content);
    }

    [Theory]
    [InlineData("\"start\"")]
    [InlineData("{\"streamId\":\"s\"}")]
    public async Task Who_joins_late_gets_the_text_so_far(string since)
    {
        var stream = _host.Hub.OpenStream(TestHub.Scope, ["a"], "act", "s");
        var text = ReplayTests.Tokens(stream, 500);
        Assert.EndsWith("\"offset\":500,\"recovered\":true}", await Ask($$$$"""{"action":"channelJoinAnon","options":{"channel":"a","since":{{{{since}}}}}}"""), StringComparison.Ordinal);
        Assert.Equal(text, (await _client.ReadFrameAsync()).Content);
    }

    [Theory]
    [InlineData("""{"id":5,"action":"llmQueryStop","options":{"streamId":"other"}}""", """{"id":5,"ok":true,"status":"not_found","streamId":"other"}""")]
    [InlineData("""{"id":5,"action":"llmQueryStop"}""", """{"id":5,"ok":true,"status":"not_found"}""")]
    public async Task A_stream_can_be_stopped(string command, string reply) => Assert.Equal(reply, await Ask(command));

    [Fact]
    public async Task Own_tab_channel_brings_streams_and_cannot_be_left()
    {
        var tab = $"tab|{_client.ConnectionId}";
        Publish(tab, "x");
        Assert.Equal(tab, (await _client.ReadFrameAsync()).Channel);
        Assert.Contains("10132", await Ask($$$"""{"action":"channelLeaveAnon","options":{"channel":"{{{tab}}}"}}"""), StringComparison.Ordinal);
    }

    private static readonly System.Text.Json.JsonSerializerOptions RelaxedJson = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [GeneratedRegex("""^\{"connectionId":"(?<id>[0-9a-f]{32})","resumeToken":"[^"]{22,}","channels":\[\{"channel":"tab\|\k<id>","epoch":"[0-9a-z]+","offset":0\},\{"channel":"anonymous","epoch":"[^"]+","offset":0\}\]\}$""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GreetingPattern();

    [GeneratedRegex("\"epoch\":\"(?<epoch>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EpochPattern();

    private Task<string> Ask(string command) => _client.AskAsync(command);

    private void Publish(string channel, string text)
    {
        var stream = _host.Hub.OpenStream(TestHub.Scope, [channel], "act", "s");
        stream.Delta(System.Text.Encoding.UTF8.GetBytes(text));
        stream.Close();
    }
}
