using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>A page of another origin with the widget in it, as its visitor sees it.</summary>
internal sealed class WidgetPage
{
    private const float Patience = 20_000;

    private readonly IFrame _frame;

    private WidgetPage(IPage page, IFrame frame, ConcurrentQueue<IRequest> requests)
    {
        Page = page;
        Requests = requests;
        _frame = frame;
    }

    public IPage Page { get; }

    /// <summary>What the page asked for, preflights left out.</summary>
    public ConcurrentQueue<IRequest> Requests { get; }

    public ILocator Input => _frame.Locator("typebot-standard input");

    public ILocator Chat => _frame.Locator("typebot-standard");

    public static async Task<WidgetPage> OpenAsync(IBrowserContext context, string address)
    {
        var page = await context.NewPageAsync();
        var requests = new ConcurrentQueue<IRequest>();
        page.Request += (_, request) => requests.Enqueue(request);
        await page.GotoAsync(address);
        return new WidgetPage(page, page.Frames.Count > 1 ? page.Frames[1] : page.MainFrame, requests);
    }

    public Task HasInputAsync() => Expect(Input).ToBeVisibleAsync(new() { Timeout = Patience });

    /// <summary>Types a message and sends it.</summary>
    public async Task SayAsync(string text)
    {
        await HasInputAsync();
        await Input.FillAsync(text);
        await Input.PressAsync("Enter");
    }

    /// <summary>Waits until the text is somewhere in the conversation.</summary>
    public Task ShowsAsync(string text) => Expect(Chat).ToContainTextAsync(text, new() { Timeout = Patience });

    public Task ShowsNotAsync(string text) => Expect(Chat).Not.ToContainTextAsync(text, new() { Timeout = Patience });

    /// <summary>How often a text stands in the conversation: what was streamed must not come again as a bubble.</summary>
    public async Task<int> CountAsync(string text) => await _frame.EvaluateAsync<int>(
        "(text) => { const all = (node) => (node.shadowRoot ? all(node.shadowRoot) : '') + [...node.childNodes].map((child) => child.nodeType === 3 ? child.data : child.nodeName === 'STYLE' ? '' : all(child)).join(''); return all(document.querySelector('typebot-standard')).split(text).length - 1; }",
        text);

    public async Task<string> LogsAsync() => (await _frame.EvaluateAsync<JsonElement>("() => seen.logs")).GetRawText();
}
