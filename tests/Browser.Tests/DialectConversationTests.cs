using FakeProvider;
using FakeProvider.Shapes;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>One conversation, with a tool of the page and two of the back end, watched in the playground on every dialect.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class DialectConversationTests(PlaygroundFixture fixture)
{
    private static readonly (string, string, string?)[] Calls =
        [("call_1", "ui_ask_visitor", """{"question":"Which number?"}"""), ("call_2", "roll_dice", "{}"), ("call_3", "tell_time", null)];

    [Theory]
    [InlineData("openai")]
    [InlineData("openai-responses")]
    [InlineData("gemini")]
    [InlineData("anthropic")]
    public async Task Three_parallel_calls_are_answered_and_the_model_goes_on(string dialect)
    {
        await using var provider = await FakeProviderServer.StartAsync();
        provider.Script(AnyDialect.Path(dialect), Script.Sse(AnyDialect.Calls(dialect, "Let me see.", Calls)), Script.Sse(AnyDialect.Text(dialect, "Seven it is.")));
        var (app, address) = await AppProcess.StartAsync(settings: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["BfProxy:Providers:fake:Dialect"] = dialect,
            ["BfProxy:Providers:fake:Cluster"] = "fake",
            ["BfProxy:Providers:fake:ApiKey"] = "sk-fake",
            ["BfProxy:Providers:fake:DefaultModel"] = AnyDialect.Model(dialect),
            ["ReverseProxy:Clusters:fake:Destinations:primary:Address"] = provider.BaseAddress.ToString(),
        });
        await using var running = app;
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, address);

        foreach (var box in await page.Page.Locator("#tools input").AllAsync())
        {
            await box.CheckAsync();
        }

        await page.AskAsync("Which number is it?", AnyDialect.Model(dialect), provider: "fake");
        await Expect(page.Call("ui_ask_visitor")).ToContainTextAsync("Which number?");
        await page.AnswerAsync("seven");
        await page.HasFinishReasonAsync("stop");

        await Expect(page.Answer).ToContainTextAsync("Let me see.");
        await Expect(page.Answer).ToContainTextAsync("Seven it is.");
        await Expect(page.Call("ui_ask_visitor")).ToHaveAttributeAsync("data-state", "answered");
        await Expect(page.Call("roll_dice")).ToHaveAttributeAsync("data-state", "done");
        await Expect(page.Call("tell_time")).ToHaveAttributeAsync("data-state", "done");
        var asked = provider.Requests[1].BodyText;
        Assert.Contains("seven", asked, StringComparison.Ordinal);
        Assert.Contains("The dice show", asked, StringComparison.Ordinal);
        Assert.Contains("UTC on", asked, StringComparison.Ordinal);
        Assert.Empty(page.Faults);
    }
}
