using System.Diagnostics;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

[Collection(PlaygroundCollection.Name)]
public sealed class PlaygroundLookTests(PlaygroundFixture fixture)
{
    private const double ReadableContrast = 7;

    /// <summary>Contrast of the answer's text to its card by the formula of WCAG 2; above the ground the text is light in a dark theme.</summary>
    private const string ReadColours =
        """
        () => {
          const luminance = (css) => {
            const [r, g, b] = css.match(/[\d.]+/g).map(Number).map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const text = luminance(getComputedStyle(document.querySelector('#answer')).color);
          const ground = luminance(getComputedStyle(document.querySelector('.answer-card')).backgroundColor);
          return [text > ground ? 1 : 0, (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05)];
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light, false)]
    [InlineData(ColorScheme.Dark, true)]
    public async Task The_page_follows_the_systems_theme(ColorScheme scheme, bool isDark)
    {
        await using var context = await fixture.NewContextAsync(scheme);
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        var (textIsLight, contrast) = await ReadColoursAsync(page);

        Assert.Equal(isDark, textIsLight);
        Assert.True(contrast >= ReadableContrast);
    }

    [Fact]
    public async Task A_chosen_theme_outlives_a_reload()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.Page.ClickAsync("#theme");
        await page.Page.ReloadAsync();

        var (textIsLight, _) = await ReadColoursAsync(page);
        Assert.True(textIsLight);
        await Expect(page.Page.Locator("#theme")).ToHaveAttributeAsync("aria-label", "Switch to the light theme");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(320)]
    [InlineData(768)]
    [InlineData(1000)]
    public async Task No_width_makes_the_page_scroll_sideways(int width)
    {
        await using var context = await fixture.NewContextAsync(width: width);
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);
        Assert.False(await page.ScrollsSidewaysAsync());

        await page.AskAsync("Show me some code with a_very_long_word_" + new string('x', 300), "demo-fast");
        await page.HasFinishReasonAsync("stop");
        Assert.False(await page.ScrollsSidewaysAsync());

        await page.Page.ClickAsync("#tab-curl");
        Assert.False(await page.ScrollsSidewaysAsync());
    }

    [Fact]
    public async Task Keys_are_not_in_the_curl_that_is_shown()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);

        await page.Page.Locator("#more summary").ClickAsync();
        await page.Page.FillAsync("#app-key", "BFAPI_not-for-everyone");

        await Expect(page.Page.Locator("#curl")).ToContainTextAsync("\"$BF_API_KEY\"");
        await Expect(page.Page.Locator("#curl")).Not.ToContainTextAsync("not-for-everyone");
    }

    [Fact]
    public async Task The_curl_that_is_shown_does_the_same()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await PlaygroundPage.OpenAsync(context, fixture.Address);
        await page.Page.SelectOptionAsync("#model", "demo-fast");
        await page.Page.FillAsync("#prompt", "It's a short poem, isn't it? $HOME `date`");
        var curl = await page.Page.Locator("#curl").TextContentAsync();

        var start = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", curl! }, UseShellExecute = false, RedirectStandardOutput = true };
        using var shell = Process.Start(start)!;
        var answer = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();

        Assert.Contains("\"streamId\"", answer, StringComparison.Ordinal);
        await page.HasFinishReasonAsync("stop");
        await Expect(page.Answer).ToContainTextAsync("The words come one by one");
    }

    private static async Task<(bool TextIsLight, double Contrast)> ReadColoursAsync(PlaygroundPage page)
    {
        var colours = await page.Page.EvaluateAsync<double[]>(ReadColours);
        return (colours[0] > 0, colours[1]);
    }
}
