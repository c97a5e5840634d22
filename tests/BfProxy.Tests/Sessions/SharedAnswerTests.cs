using BfProxy.Tests.Backplane;
using BfProxy.Tests.Channels.Redis;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Sessions;

/// <summary>An answer while it comes, asked for at another node than the one that has it.</summary>
public sealed class SharedAnswerTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("*/*", "0:\"one\"", """^0:" two .*"\n$""")]
    [InlineData("text/event-stream", "data: {\"type\":\"delta\",\"content\":\"one\"}", """^\ndata: \{"type":"delta","content":" two .*"\}\n\ndata: \{"type":"end","finish_reason":"stop",.*\}\n\n$""")]
    public async Task A_second_reader_at_another_node_gets_all_from_the_start_and_the_model_is_asked_once(string accept, string first, string rest)
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var gate = Say(one, "one", " two 🍵\n");
        var session = await AskedAsync(one);
        using var here = await one.OpenStreamAsync(session);
        await gate.ReachedAsync();

        using var there = await two.OpenStreamAsync(session, accept);
        using var lines = new StreamReader(await there.Content.ReadAsStreamAsync());
        Assert.Equal(first, await lines.ReadLineAsync());
        gate.Release();

        Assert.Matches(rest, await lines.ReadToEndAsync());
        Assert.Equal("one two 🍵\n", BotHost.TextOf(await here.Content.ReadAsStringAsync()));
        Assert.Equal("one two 🍵\n", BotHost.TextOf(await two.StreamAsync(session)));
        Assert.Single(one.Provider.Requests);
        Assert.Empty(two.Provider.Requests);
    }

    [Fact]
    public async Task The_first_reader_may_leave_and_when_the_second_does_the_provider_is_cancelled()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var gate = Say(one, "one", " two");
        var session = await AskedAsync(one);
        var here = await one.OpenStreamAsync(session);
        await gate.ReachedAsync();
        var there = await two.OpenStreamAsync(session);
        using var lines = new StreamReader(await there.Content.ReadAsStreamAsync());
        await lines.ReadLineAsync();

        here.Dispose();
        using var third = await two.OpenStreamAsync(session);
        using var again = new StreamReader(await third.Content.ReadAsStreamAsync());
        Assert.Equal("0:\"one\"", await again.ReadLineAsync());
        var request = Assert.Single(one.Provider.Requests);
        Assert.False(request.PeerGone.IsCompleted);
        there.Dispose();
        third.Dispose();

        await request.PeerGone.WaitAsync(LongEnough);
    }

    [Fact]
    public async Task An_answer_that_nobody_has_any_more_is_begun_anew_where_it_is_asked_for()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var gate = Say(one, "one", " two");
        two.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("whole"));
        var session = await AskedAsync(one);
        var here = await one.OpenStreamAsync(session);
        await gate.ReachedAsync();
        here.Dispose();
        await Assert.Single(one.Provider.Requests).PeerGone.WaitAsync(LongEnough);

        Assert.Equal("whole", BotHost.TextOf(await two.StreamAsync(session)));
        Assert.Equal("whole", BotHost.TextOf(await one.StreamAsync(session)));
    }

    [Fact]
    public async Task A_node_that_goes_closes_the_answer_with_the_fallback_text_at_the_other()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var gate = Say(one, "one", " two");
        var session = await AskedAsync(one);
        using var here = await one.OpenStreamAsync(session);
        await gate.ReachedAsync();
        using var there = await two.OpenStreamAsync(session);
        using var lines = new StreamReader(await there.Content.ReadAsStreamAsync());
        Assert.Equal("0:\"one\"", await lines.ReadLineAsync());

        await one.Host.StopAsync();

        Assert.Equal("\n\n" + BotHost.Fallback, BotHost.TextOf(await lines.ReadToEndAsync()));
        Assert.NotNull((await two.SayAsync(session, "one"))["input"]);
    }

    [Fact]
    public async Task A_node_that_is_killed_leaves_no_visitor_of_another_waiting()
    {
        await using var two = await StartAsync();
        var gate = Say(two, "one", " two");
        await using var killed = await NodeProcess.StartAsync(
            redis.ConnectionString, two.Provider.BaseAddress, "--BfProxy:Bots:shop:App", "test", "--BfProxy:Bots:shop:Provider", "openai", "--BfProxy:Bots:shop:Model", "gpt-fake-1");
        var session = await AskedAsync(two);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = killed.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v2/sessions/{session}/streamMessage");
        using var here = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await gate.ReachedAsync();
        using var there = await two.OpenStreamAsync(session);
        using var lines = new StreamReader(await there.Content.ReadAsStreamAsync());
        Assert.Equal("0:\"one\"", await lines.ReadLineAsync());

        await killed.KillAsync();

        Assert.Equal("\n\n" + BotHost.Fallback, BotHost.TextOf(await lines.ReadToEndAsync()));
        Assert.Single(two.Provider.Requests);
    }

    [Fact]
    public async Task The_first_reader_may_leave_while_the_node_that_has_the_answer_hangs_and_the_second_has_one()
    {
        await using var two = await StartAsync();
        var gate = new Gate();
        two.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate), OpenAiScripts.Chat("whole"));
        await using var hangs = await NodeProcess.StartAsync(
            redis.ConnectionString, two.Provider.BaseAddress, "--BfProxy:Bots:shop:App", "test", "--BfProxy:Bots:shop:Provider", "openai", "--BfProxy:Bots:shop:Model", "gpt-fake-1");
        var session = await AskedAsync(two);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hangs.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v2/sessions/{session}/streamMessage");
        using var here = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await gate.ReachedAsync();
        hangs.Pause();
        using var leaves = new CancellationTokenSource();

        var first = two.OpenStreamAsync(session, cancellationToken: leaves.Token);
        using var second = await two.OpenStreamAsync(session);
        await leaves.CancelAsync();

        Assert.Equal("whole", BotHost.TextOf(await second.Content.ReadAsStringAsync()));
        await ((Task)first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static Gate Say(BotHost bot, string before, string after)
    {
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta(before)).Wait(gate).Frames(OpenAiFrames.Delta(after), OpenAiFrames.Finish(), OpenAiFrames.Done));
        return gate;
    }

    private static async Task<string> AskedAsync(BotHost bot)
    {
        var session = await bot.StartAsync();
        await bot.SayAsync(session, "Which?");
        return session;
    }

    private Task<BotHost> StartAsync() => BotHost.StartAsync(new() { ["BfProxy:Backplane:Redis"] = redis.ConnectionString });
}
