using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Forwarding;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Sessions;

/// <summary>streamMessage: the answer while it is generated, in the lines that the widget reads or as server-sent events.</summary>
public sealed class StreamMessageTests
{
    private const string Events = "text/event-stream";

    [Fact]
    public async Task The_first_token_is_there_before_the_provider_says_more()
    {
        await using var bot = await BotHost.StartAsync();
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Delta(" two"), OpenAiFrames.Finish(), OpenAiFrames.Done));
        var session = await AskedAsync(bot);

        using var answer = await bot.OpenStreamAsync(session);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.Equal("0:\"one\"", await lines.ReadLineAsync());
        gate.Release();
        Assert.Equal("0:\" two\"", await lines.ReadLineAsync());
        Assert.Null(await lines.ReadLineAsync());
        Assert.Equal(("text/plain", "no", "no-cache"), (answer.Content.Headers.ContentType!.MediaType, string.Join("", answer.Headers.GetValues("X-Accel-Buffering")), answer.Headers.CacheControl!.ToString()));
    }

    [Fact]
    public async Task A_caller_that_accepts_events_gets_events()
    {
        await using var bot = await BotHost.StartAsync();
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("a \"b\"\n🍵")).Wait(gate).Frames(OpenAiFrames.Finish(), OpenAiFrames.Done));
        var session = await AskedAsync(bot);

        using var answer = await bot.OpenStreamAsync(session, Events);
        using var events = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var delta = await events.ReadLineAsync();
        gate.Release();

        Assert.Equal("a \"b\"\n🍵", JsonNode.Parse(delta!["data: ".Length..])!["content"]!.GetValue<string>());
        Assert.Matches("""^\ndata: \{"type":"end","finish_reason":"stop",.*\}\n\n$""", await events.ReadToEndAsync());
        Assert.Equal(Events, answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("*/*", "2:[]")]
    [InlineData(Events, ": ping")]
    public async Task While_the_provider_is_silent_something_harmless_keeps_the_connection_alive(string accept, string ping)
    {
        var time = new ManualTimeProvider();
        await using var bot = await BotHost.StartAsync(time: time);
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate).Frames(OpenAiFrames.Chat("late")));
        var session = await AskedAsync(bot);

        using var answer = await bot.OpenStreamAsync(session, accept);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await gate.ReachedAsync();
        await time.TimerAsync(TimeSpan.FromSeconds(25));
        time.Advance(TimeSpan.FromSeconds(25));

        Assert.Equal(ping, await lines.ReadLineAsync());
        gate.Release();
        Assert.Contains("late", await lines.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_reader_gets_all_from_the_start_and_the_provider_is_asked_once()
    {
        await using var bot = await BotHost.StartAsync();
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Delta(" two"), OpenAiFrames.Finish(), OpenAiFrames.Done));
        var session = await AskedAsync(bot);
        using var first = await bot.OpenStreamAsync(session);
        await gate.ReachedAsync();

        using var second = await bot.OpenStreamAsync(session);
        using var lines = new StreamReader(await second.Content.ReadAsStreamAsync());
        Assert.Equal("0:\"one\"", await lines.ReadLineAsync());
        gate.Release();

        Assert.Equal("0:\" two\"\n", await lines.ReadToEndAsync());
        Assert.Equal("one two", BotHost.TextOf(await first.Content.ReadAsStringAsync()));
        Assert.Single(bot.Provider.Requests);
    }

    [Fact]
    public async Task A_whole_answer_is_replayed_and_handing_it_back_twice_asks_nothing()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("one", " two"));
        var session = await AskedAsync(bot);

        var first = BotHost.TextOf(await bot.StreamAsync(session));
        var again = BotHost.TextOf(await bot.StreamAsync(session));
        await bot.SayAsync(session, first);
        var reloaded = BotHost.TextOf(await bot.StreamAsync(session));
        var repeated = await bot.SayAsync(session, reloaded);

        Assert.Equal(("one two", "one two", "one two"), (first, again, reloaded));
        Assert.NotNull(repeated["input"]);
        Assert.Single(bot.Provider.Requests);
    }

    [Fact]
    public async Task The_last_reader_who_leaves_cancels_the_provider_and_a_later_one_has_it_begun_anew()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("half")).Hang(), OpenAiScripts.Chat("whole"));
        var session = await AskedAsync(bot);
        var request = await ReadHalfAndLeaveAsync(bot, session);
        await request.PeerGone.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("whole", BotHost.TextOf(await bot.StreamAsync(session)));
        Assert.Equal(2, bot.Provider.Requests.Count);
    }

    [Fact]
    public async Task An_answer_is_begun_anew_a_few_times_only()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("half")).Hang());
        var session = await AskedAsync(bot);
        for (var i = 0; i < 5; i++)
        {
            await (await ReadHalfAndLeaveAsync(bot, session)).PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(BotHost.Fallback, BotHost.TextOf(await bot.StreamAsync(session)));
        Assert.Equal(5, bot.Provider.Requests.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(401)]
    public async Task A_refusal_of_the_provider_becomes_a_short_text_and_the_conversation_goes_on(int status)
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Error(status, "Secretword"));
        var session = await AskedAsync(bot);

        var lines = await bot.StreamAsync(session);
        var next = await bot.SayAsync(session, BotHost.Fallback);

        Assert.Equal(BotHost.Fallback, BotHost.TextOf(lines));
        Assert.NotNull(next["input"]);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_keeps_its_text_and_says_so()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("half")).Cut());
        var session = await AskedAsync(bot);

        Assert.Equal($"half\n\n{BotHost.Fallback}", BotHost.TextOf(await bot.StreamAsync(session)));
    }

    [Fact]
    public async Task A_caller_that_reads_events_is_told_what_failed_before_the_one_end()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Error(429, "Secretword"));
        var session = await AskedAsync(bot);

        var events = (await bot.StreamAsync(session, Events)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static e => JsonNode.Parse(e["data: ".Length..])!).ToList();

        Assert.Equal(["delta", "error", "end"], events.Select(static e => e["type"]!.GetValue<string>()));
        Assert.Equal(429, events[1]["error"]!["code"]!.GetValue<int>());
        Assert.DoesNotContain("Secretword", events[1].ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("error", events[2]["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_answer_without_a_word_becomes_the_fallback_text()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Finish(), OpenAiFrames.Done));
        var session = await AskedAsync(bot);

        Assert.Equal(BotHost.Fallback, BotHost.TextOf(await bot.StreamAsync(session)));
        await bot.Host.LoggedAsync("without a word");
    }

    [Fact]
    public async Task A_silent_provider_runs_into_the_same_clock_as_everywhere()
    {
        var time = new ManualTimeProvider();
        await using var bot = await BotHost.StartAsync(time: time);
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("half")).Wait(gate));
        var session = await AskedAsync(bot);
        using var answer = await bot.OpenStreamAsync(session);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await lines.ReadLineAsync();

        time.Advance(TimeSpan.FromSeconds(61));

        Assert.EndsWith(BotHost.Fallback, BotHost.TextOf(await lines.ReadToEndAsync()), StringComparison.Ordinal);
        await bot.Host.LoggedAsync("Idle clock");
    }

    [Fact]
    public async Task Text_of_any_kind_survives_and_is_kept_as_it_was()
    {
        const string Text = "{\"a\":1}\n\"q\" \\ </script> 🍵 \u2028 日本";
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat([.. Text.EnumerateRunes().Select(static rune => rune.ToString())]));
        var session = await AskedAsync(bot);

        Assert.Equal(Text, BotHost.TextOf(await bot.StreamAsync(session)));
        await bot.SayAsync(session, Text);
        await bot.SayAsync(session, "next");
        await bot.StreamAsync(session);
        Assert.Equal(Text, bot.Provider.Requests[1].ReadJson().GetProperty("messages")[2].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Its_streams_are_counted_with_all_others_and_gone_at_the_end()
    {
        await using var bot = await BotHost.StartAsync();
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate).Frames(OpenAiFrames.Chat("x")));
        var session = await AskedAsync(bot);
        var streams = bot.Host.Services.GetRequiredService<RunningStreams>();

        using var answer = await bot.OpenStreamAsync(session);
        await gate.ReachedAsync();
        Assert.Equal(1, streams.Count);
        gate.Release();

        Assert.Equal("x", BotHost.TextOf(await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Without_a_pending_turn_nothing_is_streamed()
    {
        await using var bot = await BotHost.StartAsync();

        using var answer = await bot.OpenStreamAsync(await bot.StartAsync());

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("continueChat", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> AskedAsync(BotHost bot)
    {
        var session = await bot.StartAsync();
        await bot.SayAsync(session, "Which tea?");
        return session;
    }

    private static async Task<SeenRequest> ReadHalfAndLeaveAsync(BotHost bot, string session)
    {
        using var answer = await bot.OpenStreamAsync(session);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("0:\"half\"", await lines.ReadLineAsync());
        return await bot.Provider.NextRequestAsync();
    }
}
