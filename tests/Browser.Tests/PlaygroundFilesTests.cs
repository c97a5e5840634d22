using Microsoft.Playwright;

namespace Browser.Tests;

[Collection(PlaygroundCollection.Name)]
public sealed class PlaygroundFilesTests(PlaygroundFixture fixture)
{
    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/playground/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/playground/app.css", "text/css; charset=utf-8")]
    [InlineData("/playground/icon.svg", "image/svg+xml")]
    public async Task A_file_is_asked_for_again_and_sent_only_when_changed(string path, string contentType)
    {
        await using var context = await fixture.NewContextAsync();
        var url = new Uri(fixture.Address, path).ToString();

        var first = await context.APIRequest.GetAsync(url);
        var again = await context.APIRequest.GetAsync(url, new APIRequestContextOptions
        {
            Headers = [new("If-None-Match", first.Headers["etag"])],
        });

        Assert.Equal((200, contentType, "no-cache"), (first.Status, first.Headers["content-type"], first.Headers["cache-control"]));
        Assert.Equal(304, again.Status);
    }

    [Fact]
    public async Task The_page_may_load_nothing_from_elsewhere_and_run_nothing_inline()
    {
        await using var context = await fixture.NewContextAsync();

        var page = await context.APIRequest.GetAsync(fixture.Address.ToString());

        var policy = page.Headers["content-security-policy"];
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers["x-content-type-options"]);
    }

    [Fact]
    public async Task The_configuration_names_providers_and_models_and_is_never_kept()
    {
        await using var context = await fixture.NewContextAsync();

        var answer = await context.APIRequest.GetAsync(new Uri(fixture.Address, "/playground/config.json").ToString());

        var demo = (await answer.JsonAsync())!.Value.GetProperty("providers").EnumerateArray().Single(provider => provider.GetProperty("name").GetString() == "demo");
        Assert.Contains("demo-error", demo.GetProperty("models").EnumerateArray().Select(model => model.GetString()), StringComparer.Ordinal);
        Assert.False(demo.GetProperty("keyRequired").GetBoolean());
        Assert.Equal("no-store", answer.Headers["cache-control"]);
    }
}
