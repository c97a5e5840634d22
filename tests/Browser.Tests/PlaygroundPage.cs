using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>The playground as its user sees it.</summary>
internal sealed partial class PlaygroundPage
{
    private const float Patience = 20_000;

    private readonly IPage _page;

    private PlaygroundPage(IPage page)
    {
        _page = page;
        page.PageError += (_, error) => Faults.Add(error);
        page.Console += (_, message) =>
        {
            // The browser itself reports every refused request as an error; those are the tests' own doing.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                Faults.Add(message.Text);
            }
        };
    }

    /// <summary>What went wrong in the page's scripts, violations of its content security policy included.</summary>
    public ConcurrentBag<string> Faults { get; } = [];

    public ILocator Answer => _page.Locator("#text");

    public ILocator Error => _page.Locator("#error");

    public ILocator State => _page.Locator("#state");

    public ILocator Frames => _page.Locator("#events li[data-group=frame]");

    public ILocator Ledger => _page.Locator("#ledger-check");

    public IPage Page => _page;

    public static async Task<PlaygroundPage> OpenAsync(IBrowserContext context, Uri address, string? channel = null)
    {
        var page = new PlaygroundPage(await context.NewPageAsync());
        await page._page.GotoAsync(new Uri(address, channel is null ? "/" : $"/?channel={channel}").ToString());
        await page.HasConnectedAsync();
        return page;
    }

    public Task HasConnectedAsync() => Expect(_page.Locator("#connection")).ToHaveAttributeAsync("data-state", "open", new() { Timeout = Patience });

    /// <summary>Keeps every length that the answer had on screen.</summary>
    public Task WatchLengthsAsync() => _page.EvaluateAsync(
        """
        () => {
          const text = document.querySelector('#text');
          window.lengths = [];
          new MutationObserver(() => window.lengths.push(text.textContent.length))
            .observe(text, { childList: true, subtree: true, characterData: true });
        }
        """);

    public async Task<int> DistinctLengthsAsync() => (await _page.EvaluateAsync<int[]>("() => window.lengths")).Distinct().Count();

    public async Task AskAsync(string prompt, string model = "demo", int? maxTokens = null, string provider = "demo")
    {
        await _page.SelectOptionAsync("#provider", provider);
        await _page.SelectOptionAsync("#model", model);
        await _page.FillAsync("#prompt", prompt);
        await _page.FillAsync("#max-tokens", maxTokens?.ToString(CultureInfo.InvariantCulture) ?? "");
        await _page.ClickAsync("#send");
    }

    /// <summary>The call of this tool within the answer.</summary>
    public ILocator Call(string name) => _page.Locator($".call[data-name={name}]");

    /// <summary>Answers the call that asks the visitor.</summary>
    public async Task AnswerAsync(string text)
    {
        await Call("ui_ask_visitor").Locator("input").FillAsync(text);
        await Call("ui_ask_visitor").GetByText("Answer", new() { Exact = true }).ClickAsync();
    }

    public Task IsInStateAsync(string state) => Expect(State).ToHaveAttributeAsync("data-state", state, new() { Timeout = Patience });

    /// <summary>Waits for the end, whatever it is, and says what failed where it is another than expected.</summary>
    public async Task HasFinishReasonAsync(string reason)
    {
        await Expect(State).ToHaveAttributeAsync("data-state", Ended(), new() { Timeout = Patience });
        var seen = await State.GetAttributeAsync("data-finish-reason");
        Assert.True(seen == reason, $"Finish reason \"{seen}\" instead of \"{reason}\". {await Error.TextContentAsync()}");
    }

    public Task HasTextAsync() => Expect(Answer).Not.ToBeEmptyAsync(new() { Timeout = Patience });

    public async Task<string> StatAsync(string name) => await _page.Locator($"#stat-{name}").InnerTextAsync();

    public async Task<int> DeltasAsync() => int.Parse(await StatAsync("deltas"), CultureInfo.InvariantCulture);

    public async Task<int> EventsAsync() => int.Parse(await _page.Locator("#event-count").InnerTextAsync(), CultureInfo.InvariantCulture);

    public Task<bool> ScrollsSidewaysAsync() => _page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > innerWidth");

    [GeneratedRegex("^(done|stopped|failed)$", RegexOptions.None, 1000)]
    private static partial Regex Ended();
}
