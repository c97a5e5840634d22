using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>The playground on an app that opens few channels, as apps do outside Development.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class PlaygroundChannelTests(PlaygroundFixture fixture, UsersApp app) : IClassFixture<UsersApp>
{
    [Fact]
    public async Task Where_its_channel_is_not_open_the_page_streams_to_its_own()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, app.Address);
        await Expect(page.Page.Locator("#ledger-channel")).ToContainTextAsync("channel tab|");

        await page.AskAsync("Write a short poem", "demo-fast");
        await page.HasFinishReasonAsync("stop");

        await Expect(page.Answer).ToContainTextAsync("The words come one by one");
        await Expect(page.Ledger).ToContainTextAsync("none missing");
        Assert.StartsWith("tab|", await page.Page.InputValueAsync("#channel"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_that_was_asked_for_and_is_not_open_is_refused_in_words()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, app.Address, "lobby");
        await Expect(page.Page.Locator("#ledger-channel")).ToContainTextAsync("channel lobby");

        await page.Page.ClickAsync("#more summary");
        await page.Page.FillAsync("#channel", "closed");
        await page.Page.PressAsync("#channel", "Tab");

        await Expect(page.Page.Locator("#connection-text")).ToContainTextAsync("Not allowed");
    }
}
