using BfProxy.Tests;
using BfProxy.Tests.Sessions;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>What a visitor sees in the real widget, on a page of another origin: the answer while it comes, and after every failure an input.</summary>
[Collection(WidgetCollection.Name)]
public sealed class WidgetTests(WidgetFixture site) : IAsyncLifetime
{
    private IBrowserContext _context = null!;

    public static TheoryData<string> Versions => WidgetPackages.Versions;

    public async Task InitializeAsync() => _context = await site.NewContextAsync();

    public Task DisposeAsync() => _context.CloseAsync();

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Text_is_seen_while_it_is_generated_and_the_conversation_goes_on(string version)
    {
        await using var bot = await StartAsync();
        var (one, two) = (new Gate(), new Gate());
        bot.Provider.Script(
            OpenAiScripts.Path,
            Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("First part,")).Wait(one).Frames(OpenAiFrames.Delta(" second part,")).Wait(two).Frames(OpenAiFrames.Delta(" third part."), OpenAiFrames.Finish(), OpenAiFrames.Done),
            OpenAiScripts.Chat("Another answer."));
        var page = await OpenAsync(bot, version);

        await page.ShowsAsync("Welcome!");
        await page.SayAsync("Which tea?");
        await page.ShowsAsync("First part,");
        await page.ShowsNotAsync("second part");
        one.Release();
        await page.ShowsAsync("second part,");
        await page.ShowsNotAsync("third part");
        two.Release();
        await page.ShowsAsync("First part, second part, third part.");
        await page.SayAsync("And then?");
        await page.ShowsAsync("Another answer.");
        await page.HasInputAsync();

        Assert.Equal((1, 1), (await page.CountAsync("third part."), await page.CountAsync("Another answer.")));
        Assert.Equal("First part, second part, third part.", bot.Provider.Requests[1].ReadJson().GetProperty("messages")[2].GetProperty("content").GetString());
        Assert.Equal("[]", await page.LogsAsync());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_provider_that_is_silent_for_long_is_waited_for(string version)
    {
        var time = new ManualTimeProvider();
        await using var bot = await StartAsync(time: time);
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate).Frames(OpenAiFrames.Chat("Late but ", "whole.")));
        var page = await OpenAsync(bot, version);

        await page.SayAsync("Which tea?");
        await gate.ReachedAsync();
        time.Advance(TimeSpan.FromSeconds(50));
        gate.Release();

        await page.ShowsAsync("Late but whole.");
        await page.HasInputAsync();
        Assert.Equal("[]", await page.LogsAsync());
    }

    [Theory]
    [InlineData("0.10.7", 429)]
    [InlineData("0.10.7", 500)]
    [InlineData("0.3.61", 429)]
    [InlineData("0.3.61", 500)]
    [InlineData("0.2.92", 429)]
    [InlineData("0.2.92", 500)]
    public async Task A_refusal_of_the_provider_leaves_the_visitor_with_an_input(string version, int status)
    {
        await using var bot = await StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Error(status, "no"), OpenAiScripts.Chat("Better now."));
        var page = await OpenAsync(bot, version);

        await page.SayAsync("Which tea?");
        await page.ShowsAsync(BotHost.Fallback);
        await page.SayAsync("Again?");
        await page.ShowsAsync("Better now.");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_clock_that_runs_out_leaves_the_visitor_with_an_input(string version)
    {
        var time = new ManualTimeProvider();
        await using var bot = await StartAsync(time: time);
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate), OpenAiScripts.Chat("Better now."));
        var page = await OpenAsync(bot, version);

        await page.SayAsync("Which tea?");
        await gate.ReachedAsync();
        time.Advance(TimeSpan.FromSeconds(121));
        await page.ShowsAsync(BotHost.Fallback);
        await page.SayAsync("Again?");
        await page.ShowsAsync("Better now.");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_answer_that_breaks_off_keeps_its_text_and_the_conversation_goes_on(string version)
    {
        await using var bot = await StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("Only half")).Cut(), OpenAiScripts.Chat("Better now."));
        var page = await OpenAsync(bot, version);

        await page.SayAsync("Which tea?");
        await page.ShowsAsync("Only half");
        await page.ShowsAsync(BotHost.Fallback);
        await page.SayAsync("Again?");
        await page.ShowsAsync("Better now.");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_empty_answer_leaves_the_visitor_with_an_input(string version)
    {
        await using var bot = await StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Finish(), OpenAiFrames.Done), OpenAiScripts.Chat("Better now."));
        var page = await OpenAsync(bot, version);

        await page.SayAsync("Which tea?");
        await page.ShowsAsync(BotHost.Fallback);
        await page.SayAsync("Again?");
        await page.ShowsAsync("Better now.");
    }

    /// <summary>What any page reads, whichever version of the widget is on it: the request is the page's own.</summary>
    [Fact]
    public async Task A_page_of_another_origin_can_read_that_a_session_is_unknown()
    {
        await using var bot = await StartAsync();
        var page = await OpenAsync(bot, "0.10.7");

        foreach (var path in (string[])["api/v1/sessions/bfs_00000000000000000000000000000000/continueChat", "api/v2/sessions/other/streamMessage"])
        {
            var answer = await page.Page.EvaluateAsync<string>(
                "async (address) => { const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }); return answer.status + ' ' + (await answer.json()).message; }",
                new Uri(bot.Host.Address, path).ToString());
            Assert.StartsWith("404 Session not found", answer, StringComparison.Ordinal);
        }
    }

    /// <summary>The older versions come back otherwise: the next test.</summary>
    [Fact]
    public async Task A_page_that_is_reloaded_in_the_middle_of_an_answer_sees_all_of_it_once()
    {
        await using var bot = await StartAsync();
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("First part,")).Wait(gate).Frames(OpenAiFrames.Delta(" second part."), OpenAiFrames.Finish(), OpenAiFrames.Done));
        var page = await OpenAsync(bot, "0.10.7");
        await page.SayAsync("Which tea?");
        await page.ShowsAsync("First part,");

        await page.Page.ReloadAsync();
        await page.ShowsAsync("First part,");
        gate.Release();

        await page.ShowsAsync("First part, second part.");
        await page.HasInputAsync();
        Assert.Equal(1, await page.CountAsync("second part."));
        var streams = page.Requests.Where(static request => request.Url.EndsWith("/streamMessage", StringComparison.Ordinal)).Select(static request => request.Url).ToList();
        Assert.Equal(2, streams.Count);
        Assert.Single(streams.Distinct(StringComparer.Ordinal));
    }

    /// <summary>0.2.92 restores the chat, asks for nothing and shows no input: seen with it, and out of a server's reach.</summary>
    [Fact]
    public async Task The_widget_0_3_61_that_is_reloaded_asks_for_no_stream_and_its_visitor_has_an_input()
    {
        await using var bot = await StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("First part,")).Hang(), OpenAiScripts.Chat("Next."));
        var page = await OpenAsync(bot, "0.3.61");
        await page.SayAsync("Which tea?");
        await page.ShowsAsync("First part,");

        await page.Page.ReloadAsync();
        await page.SayAsync("And?");

        await page.ShowsAsync("Next.");
        await page.HasInputAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tab_that_is_closed_cancels_the_provider(string version)
    {
        await using var bot = await StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("First part,")).Hang());
        var page = await OpenAsync(bot, version);
        await page.SayAsync("Which tea?");
        await page.ShowsAsync("First part,");

        await page.Page.CloseAsync();

        await (await bot.Provider.NextRequestAsync()).PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_model_may_speak_first(string version)
    {
        await using var bot = await StartAsync(new() { ["BfProxy:Bots:shop:Welcome:0"] = null, ["BfProxy:Bots:shop:Opening:0"] = "Greet." });
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Good morning."));
        var page = await OpenAsync(bot, version);

        await page.ShowsAsync("Good morning.");
        await page.HasInputAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_bubble_and_two_streams_after_it_are_all_shown(string version)
    {
        await using var bot = await StartAsync(new() { ["BfProxy:Bots:shop:Opening:0"] = "Greet.", ["BfProxy:Bots:shop:Opening:1"] = "Ask." });
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Good morning."), OpenAiScripts.Chat("What may it be?"));
        var page = await OpenAsync(bot, version);

        await page.ShowsAsync("Welcome!");
        await page.ShowsAsync("Good morning.");
        await page.ShowsAsync("What may it be?");
        await page.HasInputAsync();
        Assert.Equal((1, 1, 1), (await page.CountAsync("Welcome!"), await page.CountAsync("Good morning."), await page.CountAsync("What may it be?")));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Within_a_frame_the_page_around_it_is_told_and_checked(string version)
    {
        await using var bot = await StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Oolong."));
        var page = await WidgetPage.OpenAsync(_context, site.PageOf(version, bot.Host.Address, inFrame: true));

        await page.SayAsync("Which tea?");
        await page.ShowsAsync("Oolong.");
        await page.HasInputAsync();

        var start = page.Requests.First(static request => request.Method == "POST" && request.Url.EndsWith("/startChat", StringComparison.Ordinal));
        Assert.Equal(site.Origin, await start.HeaderValueAsync("x-typebot-iframe-referrer-origin"));
    }

    [Theory]
    [InlineData("0.10.7", "one\n\ntwo \"quoted\" \\ 🍵 </script> <b>end</b>", "</script> <b>end</b>")]
    [InlineData("0.3.61", "one\n\ntwo \"quoted\" \\ 🍵 </script> <b>end</b>", "</script> <b>end</b>")]
    [InlineData("0.2.92", "one\n\ntwo \"quoted\" \\ 🍵 </script> <b>end</b>", "two \"quoted\" \\ 🍵  end")] // This one drops what looks like a tag.
    [InlineData("0.10.7", "{\"price\":12,\"tea\":[\"green\"]}", "{\"price\":12,\"tea\":[\"green\"]}")]
    [InlineData("0.3.61", "{\"price\":12,\"tea\":[\"green\"]}", "{\"price\":12,\"tea\":[\"green\"]}")]
    [InlineData("0.2.92", "{\"price\":12,\"tea\":[\"green\"]}", "{\"price\":12,\"tea\":[\"green\"]}")]
    [InlineData("0.10.7", "123", "123")]
    [InlineData("0.3.61", "123", "123")]
    [InlineData("0.2.92", "123", "123")]
    public async Task Text_of_any_kind_is_shown_as_text_and_remembered_as_it_was(string version, string text, string shown)
    {
        await using var bot = await StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat([.. text.EnumerateRunes().Select(static rune => rune.ToString())]), OpenAiScripts.Chat("Next."));
        var page = await OpenAsync(bot, version);

        await page.SayAsync("Which tea?");
        await page.ShowsAsync(shown);
        await page.SayAsync("And?");
        await page.ShowsAsync("Next.");

        Assert.Equal(text, bot.Provider.Requests[1].ReadJson().GetProperty("messages")[2].GetProperty("content").GetString());
    }

    [Fact]
    public async Task The_playground_embeds_the_widget_where_it_is_installed()
    {
        var (app, address) = await AppProcess.StartAsync();
        await using (app)
        {
            var page = await WidgetPage.OpenAsync(_context, new Uri(address, "playground/widget.html").ToString());
            await page.SayAsync("A poem, please");
            await page.ShowsAsync("The words come one by one");
            await page.HasInputAsync();
        }
    }

    private Task<BotHost> StartAsync(Dictionary<string, string?>? settings = null, TimeProvider? time = null) =>
        BotHost.StartAsync(new(settings ?? [], StringComparer.Ordinal) { ["BfProxy:Bots:shop:AllowedOrigins:0"] = site.Origin }, time);

    private Task<WidgetPage> OpenAsync(BotHost bot, string version) => WidgetPage.OpenAsync(_context, site.PageOf(version, bot.Host.Address));
}
