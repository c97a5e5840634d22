using System.Text.Json;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>A page that uses <c>/bf-client.js</c> as any page would, and keeps what it was handed.</summary>
internal sealed class ClientPage
{
    private const string Setup =
        """
        async ([options, namedAction]) => {
          const { connect } = await import('/bf-client.js');
          window.seen = { events: [], statuses: [], gaps: [], actions: [], messages: [] };
          if (namedAction) {
            window.useBF = () => { window.BF = { namedAction: eval(namedAction) }; };
          }
          const handlers = namedAction ? {} : { onEvent: (event) => seen.events.push(event) };
          window.client = connect({
            app: 'demo', ...JSON.parse(options), ...handlers,
            onStatus: (status) => seen.statuses.push(status),
            onGap: (gap) => seen.gaps.push(gap),
            onMessage: (message, about) => seen.messages.push({ message, about }),
          });
        }
        """;

    private static readonly PageWaitForFunctionOptions Patience = new() { Timeout = 30_000 };

    private readonly IPage _page;

    private ClientPage(IPage page) => _page = page;

    public IPage Page => _page;

    /// <summary>Opens a page on the server's origin and connects. <paramref name="namedAction"/> is the source of a stand-in for <c>BF.namedAction</c>, used once <c>useBF()</c> is called.</summary>
    public static async Task<ClientPage> OpenAsync(IBrowserContext context, Uri address, string options = "{}", string? namedAction = null, Func<IPage, Task>? prepare = null)
    {
        var page = new ClientPage(await context.NewPageAsync());
        if (prepare is not null)
        {
            await prepare(page._page);
        }

        await page._page.GotoAsync(new Uri(address, "health/live").ToString());
        await page._page.EvaluateAsync(Setup, new object?[] { options, namedAction });
        return page;
    }

    public Task<JsonElement> EvaluateAsync(string script, object? argument = null) => _page.EvaluateAsync<JsonElement>(script, argument);

    public Task WaitAsync(string condition) => _page.WaitForFunctionAsync($"() => {condition}", null, Patience);

    /// <summary>Joins, streams from the demo provider and returns the stream's id.</summary>
    public async Task<string> StreamAsync(string channels, string model = "demo-fast", string prompt = "Why is the night sky dark?") =>
        (await EvaluateAsync(
            """
            async ([channels, model, prompt]) => {
              await Promise.all(channels.split(',').map((channel) => client.join(channel)));
              const payload = { provider: 'demo', stream: true, model, messages: [{ role: 'user', content: prompt }] };
              const body = JSON.stringify({ apiKey: 'BFAPI_demo', channels, actionName: 'show', payload });
              return (await (await fetch('/stream/create', { method: 'POST', body })).json()).streamId;
            }
            """,
            new[] { channels, model, prompt })).GetString()!;

    public async Task<string> TextAsync() =>
        (await EvaluateAsync("() => seen.events.filter((event) => event.type === 'delta').map((event) => event.content).join('')")).GetString()!;
}
