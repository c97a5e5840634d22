using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

[Collection(PlaygroundCollection.Name)]
public sealed class PlaygroundTests(PlaygroundFixture fixture)
{
    [Fact]
    public async Task Text_grows_on_screen_and_ends_with_the_finish_reason()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);
        await page.WatchLengthsAsync();

        await page.AskAsync("Write a short poem");
        await page.HasFinishReasonAsync("stop");

        await Expect(page.Answer).ToContainTextAsync("The words come one by one");
        Assert.True(await page.DistinctLengthsAsync() > 2);
        Assert.Matches(@"^[\d.]+ m?s$", await page.StatAsync("first"));
        Assert.Matches(@"^[\d.]+ m?s$", await page.StatAsync("accepted"));
        Assert.Matches(@"^\d+(\.\d)?$", await page.StatAsync("speed"));
        Assert.Matches(@"^\d+ → \d+$", await page.StatAsync("usage"));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Raw_frames_hold_each_delta_once_and_then_the_end()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.AskAsync("Write a short poem", "demo-fast", maxTokens: 30);
        await page.HasFinishReasonAsync("length");

        await Expect(page.Frames.Last).ToHaveAttributeAsync("data-kind", "end");
        Assert.Equal(30, await page.DeltasAsync());
        Assert.Equal(31, await page.EventsAsync());
        await Expect(page.Ledger).ToContainTextAsync("none missing");
        await page.Frames.Last.Locator("summary").ClickAsync();
        await Expect(page.Frames.Last.Locator("pre")).ToContainTextAsync("\"finish_reason\":\"length\"");
    }

    [Fact]
    public async Task Stop_ends_a_stream_that_would_go_on()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.AskAsync("A long story", "demo-slow");
        await page.HasTextAsync();
        await page.Page.ClickAsync("#stop");

        await page.IsInStateAsync("stopped");
        await page.HasFinishReasonAsync("stopped");
        await Expect(page.Page.Locator("#send")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Keys_send_and_stop()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.Page.SelectOptionAsync("#model", "demo-slow");
        await page.Page.FocusAsync("#prompt");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await page.IsInStateAsync("streaming");
        await page.Page.Keyboard.PressAsync("Escape");

        await page.IsInStateAsync("stopped");
    }

    [Fact]
    public async Task A_stream_that_breaks_shows_its_text_and_the_error()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.AskAsync("Why is the night sky dark?", "demo-error");
        await page.IsInStateAsync("failed");

        await Expect(page.Error).ToContainTextAsync("502");
        await Expect(page.Answer).ToContainTextAsync("The night sky is dark");
        await Expect(page.Page.Locator("#events li[data-kind=error]")).ToHaveCountAsync(1);
        await Expect(page.Frames.Last).ToHaveAttributeAsync("data-kind", "end");
    }

    [Fact]
    public async Task A_refused_request_shows_why_and_when_to_try_again()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.AskAsync("Hello", "demo-refuse");
        await page.IsInStateAsync("failed");

        await Expect(page.Error.Locator("strong")).ToHaveTextAsync("429 TooManyRequests");
        await Expect(page.Error).ToContainTextAsync("turns every request away");
        await Expect(page.Error).ToContainTextAsync("20 s");
        await Expect(page.Answer).ToBeEmptyAsync();
        await Expect(page.Frames).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Without_streaming_the_one_response_object_is_shown()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.Page.Locator("label.switch").ClickAsync();
        await page.AskAsync("Write a short poem", "demo-fast");
        await page.HasFinishReasonAsync("stop");

        await Expect(page.Answer).ToContainTextAsync("a stop.");
        await Expect(page.Frames).ToHaveCountAsync(0);
        await Expect(page.Page.Locator("#events")).ToContainTextAsync("\"object\":\"chat.completion\"");
    }

    [Fact]
    public async Task A_connection_that_drops_comes_back_without_loss_or_repeat()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);
        await page.AskAsync("Why is the night sky dark?", "demo-fast");
        await page.HasFinishReasonAsync("stop");
        var whole = await page.Answer.InnerTextAsync();

        await page.AskAsync("Why is the night sky dark?");
        await page.IsInStateAsync("streaming");
        await page.Page.ClickAsync("#drop");
        await Expect(page.Page.Locator("#events")).ToContainTextAsync("recovered: true");
        await page.HasFinishReasonAsync("stop");

        Assert.Equal(whole, await page.Answer.InnerTextAsync());
        await Expect(page.Ledger).ToContainTextAsync("none missing");
    }

    [Fact]
    public async Task Two_pages_on_one_channel_see_the_same_stream_once_each()
    {
        await using var context = await fixture.NewContextAsync();
        var first = await PlaygroundPage.OpenAsync(context, fixture.Address, "shared-room");
        var second = await PlaygroundPage.OpenAsync(context, fixture.Address, "shared-room");

        await first.AskAsync("Write a short poem", "demo-fast");
        await first.HasFinishReasonAsync("stop");
        await second.HasFinishReasonAsync("stop");

        Assert.Equal(await first.Answer.InnerTextAsync(), await second.Answer.InnerTextAsync());
        Assert.Equal(await first.EventsAsync(), await second.EventsAsync());
        await Expect(second.Ledger).ToContainTextAsync("none missing");
    }

    [Fact]
    public async Task Markup_in_an_answer_stays_text()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);
        const string Markup = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>";

        await page.AskAsync(Markup, "demo-fast");
        await page.HasFinishReasonAsync("stop");

        await Expect(page.Answer).ToContainTextAsync(Markup);
        await Expect(page.Answer.Locator("img, b")).ToHaveCountAsync(0);
        await Expect(page.Page).ToHaveTitleAsync("BfProxy playground");
        Assert.Empty(page.Faults);
    }
}
