using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>Tools that a model calls, as the page shows them.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class PlaygroundToolTests(PlaygroundFixture fixture)
{
    [Fact]
    public async Task The_visitor_and_the_back_end_answer_and_the_model_goes_on()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Tools" }).ClickAsync();
        await Expect(page.Call("ui_ask_visitor")).ToHaveAttributeAsync("data-state", "waiting");
        await Expect(page.Call("roll_dice")).ToHaveAttributeAsync("data-state", "running");
        await page.AnswerAsync("<b>seven</b>");
        await page.HasFinishReasonAsync("stop");

        await Expect(page.Call("ui_ask_visitor")).ToHaveAttributeAsync("data-state", "answered");
        await Expect(page.Call("ui_ask_visitor").Locator(".call-result")).ToHaveTextAsync("<b>seven</b>");
        await Expect(page.Call("roll_dice")).ToHaveAttributeAsync("data-state", "done");
        await Expect(page.Call("tell_time")).ToHaveAttributeAsync("data-state", "done");
        await Expect(page.Answer).ToContainTextAsync("• ui_ask_visitor: <b>seven</b>");
        await Expect(page.Answer).ToContainTextAsync("• roll_dice: The dice show");
        await Expect(page.Answer).ToContainTextAsync("• tell_time: It is");
        await Expect(page.Page.Locator("#curl")).ToContainTextAsync("/llm/query");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_visitor_may_refuse_and_the_model_hears_it()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.Page.CheckAsync("#tools li:first-child input");
        await page.AskAsync("Ask the visitor whether it rains");
        await page.Call("ui_ask_visitor").GetByText("Refuse").ClickAsync();
        await page.HasFinishReasonAsync("stop");

        await Expect(page.Call("ui_ask_visitor")).ToHaveAttributeAsync("data-state", "failed");
        await Expect(page.Answer).ToContainTextAsync("did not want to answer");
    }

    [Fact]
    public async Task A_stop_ends_a_call_that_waits()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.Page.CheckAsync("#tools li:first-child input");
        await page.AskAsync("Ask the visitor whether it rains");
        await Expect(page.Call("ui_ask_visitor")).ToHaveAttributeAsync("data-state", "waiting");
        await page.Page.ClickAsync("#stop");
        await page.HasFinishReasonAsync("stopped");

        await Expect(page.Call("ui_ask_visitor")).ToHaveAttributeAsync("data-state", "ended");
        await Expect(page.Call("ui_ask_visitor").Locator("form")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Two_pages_may_answer_and_the_first_one_counts()
    {
        await using var context = await fixture.NewContextAsync();
        var first = await PlaygroundPage.OpenAsync(context, fixture.Address, "tool-room");
        var second = await PlaygroundPage.OpenAsync(context, fixture.Address, "tool-room");

        await first.Page.CheckAsync("#tools li:first-child input");
        await first.AskAsync("Ask the visitor whether it rains");
        await Expect(first.Call("ui_ask_visitor")).ToHaveAttributeAsync("data-state", "waiting");
        await second.AnswerAsync("It pours");
        await first.HasFinishReasonAsync("stop");
        await second.HasFinishReasonAsync("stop");

        await Expect(first.Call("ui_ask_visitor")).ToHaveAttributeAsync("data-state", "missed");
        await Expect(first.Answer).ToContainTextAsync("It pours");
        await Expect(second.Call("ui_ask_visitor")).ToHaveAttributeAsync("data-state", "answered");
    }

    [Fact]
    public async Task Without_streaming_the_back_end_alone_is_offered()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.Page.Locator("label.switch").ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Tools" }).ClickAsync();
        await page.HasFinishReasonAsync("stop");

        await Expect(page.Page.Locator("#tools li:first-child input")).ToBeDisabledAsync();
        await Expect(page.Answer).ToContainTextAsync("• roll_dice: The dice show");
    }
}
