using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

[Collection(PlaygroundCollection.Name)]
public sealed class OpenApiPageTests(PlaygroundFixture fixture)
{
    [Fact]
    public async Task The_page_shows_every_operation_of_the_document_and_opens_the_one_that_is_named()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);

        await page.GotoAsync(new Uri(fixture.Address, "/openapi/#createStream").ToString());

        await Expect(page.Locator("#createStream pre").First).ToBeVisibleAsync();
        await Expect(page.Locator("#createStream")).ToContainTextAsync("payload: ChatPayload");
        await Expect(page.Locator("#ready pre").First).ToBeHiddenAsync();
        var answer = await context.APIRequest.GetAsync(new Uri(fixture.Address, "/openapi/v1.json").ToString());
        var document = (await answer.JsonAsync())!.Value;
        var operations = document.GetProperty("paths").EnumerateObject().Sum(static path => path.Value.EnumerateObject().Count(static operation => operation.Name is "get" or "post"));
        await Expect(page.Locator("details:not([id^=shape-])")).ToHaveCountAsync(operations);
        await Expect(page.Locator("details[id^=shape-]")).ToHaveCountAsync(document.GetProperty("components").GetProperty("schemas").EnumerateObject().Count());
        Assert.Empty(complaints);
    }
}
