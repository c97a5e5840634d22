using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary><c>/bf-client.js</c> in pages of another origin than the server's.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class ClientOriginTests(PlaygroundFixture fixture) : IAsyncLifetime
{
    private AppProcess? _app;

    private Uri _address = new("http://localhost");

    private IBrowserContext _context = null!;

    public async Task InitializeAsync()
    {
        (_app, _address) = await AppProcess.StartAsync(settings: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["BfProxy:Apps:demo:AllowedOrigins:0"] = fixture.Address.GetLeftPart(UriPartial.Authority),
        });
        _context = await fixture.NewContextAsync();
    }

    public async Task DisposeAsync()
    {
        await _context.DisposeAsync();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("socket")]
    [InlineData("events")]
    public async Task A_page_of_an_allowed_origin_streams_and_sends(string transport)
    {
        var page = await OpenAsync(fixture.Address, _address, transport);

        Assert.Equal(
            "poem sent",
            await page.EvaluateAsync<string>(
                """
                async (address) => {
                  await client.join('elsewhere');
                  const payload = { provider: 'demo', stream: true, model: 'demo-fast', messages: [{ role: 'user', content: 'poem' }] };
                  await fetch(`${address}stream/create`, { method: 'POST', body: JSON.stringify({ apiKey: 'BFAPI_demo', channels: 'elsewhere', actionName: 'show', payload }) });
                  await client.send({ channels: ['elsewhere'], model: { said: 'sent' } });
                  await until(() => seen.events.at(-1)?.type === 'end' && seen.messages.length === 1);
                  return `${seen.events.some(({ content }) => content?.includes('words')) ? 'poem' : 'nothing'} ${seen.messages[0].model.said}`;
                }
                """,
                _address.ToString()));
    }

    [Theory]
    [InlineData("socket")]
    [InlineData("events")]
    public async Task A_page_of_another_origin_is_kept_out(string transport)
    {
        var page = await OpenAsync(_address, fixture.Address, transport);

        Assert.Equal("connecting,waiting", await page.EvaluateAsync<string>("async () => { await until(() => seen.statuses.length >= 2); return seen.statuses.slice(0, 2).map(({ state }) => state).join(); }"));
        Assert.Equal(0, await page.EvaluateAsync<int>("() => seen.events.length"));
    }

    private async Task<IPage> OpenAsync(Uri from, Uri to, string transport)
    {
        var page = await _context.NewPageAsync();
        page.SetDefaultTimeout(30_000);
        await page.GotoAsync(new Uri(from, "health/live").ToString());
        await page.EvaluateAsync(
            """
            async ([address, transport]) => {
              const { connect } = await import(`${address}bf-client.js`);
              window.seen = { events: [], messages: [], statuses: [] };
              window.until = async (condition) => { while (!condition()) { await new Promise((resolve) => setTimeout(resolve, 10)); } };
              window.client = connect({
                app: 'demo', transport,
                onEvent: (event) => seen.events.push(event), onMessage: (message) => seen.messages.push(message), onStatus: (status) => seen.statuses.push(status),
              });
            }
            """,
            new[] { to.ToString(), transport });
        return page;
    }
}
