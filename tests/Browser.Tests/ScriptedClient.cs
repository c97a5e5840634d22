using System.Text.Json;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>
/// A page whose sockets are scripted: what the server says, and when, is the test's. For cases that a real server
/// shows at times only, or never twice the same.
/// </summary>
internal sealed class ScriptedClient
{
    /// <summary>
    /// <c>socket</c> is the last one opened; <c>asked</c> lists what it was asked; <c>refuse</c> names actions that are refused, with <c>code</c>,
    /// <c>ignore</c> those that are not answered; joins with <c>since</c> are answered as recovered unless <c>lost</c>.
    /// </summary>
    private const string Script =
        """
        window.server = { refuse: [], code: 10110, ignore: [], lost: false, silent: false, offset: 5, opened: 0 };
        window.WebSocket = class {
          static OPEN = 1;
          readyState = 1;
          asked = [];
          constructor() {
            window.socket = this;
            const id = `c${++server.opened}`;
            if (!server.silent) {
              setTimeout(() => this.say({ connectionId: id, resumeToken: `token-${id}`, channels: [`tab|${id}`, 'anonymous'].map((channel) => ({ channel, epoch: 'e', offset: 0 })) }));
            }
          }
          send(text) {
            const command = JSON.parse(text);
            this.asked.push(command);
            if (!server.ignore.includes(command.action)) {
              setTimeout(() => this.say(this.answer(command)));
            }
          }
          answer({ id, action, options }) {
            if (server.refuse.includes(action)) {
              return { id, error: { code: server.code, message: 'refused' } };
            }
            const recovered = options?.since && { recovered: !server.lost };
            return { id, ok: true, channel: options?.channel, ...(action === 'channelJoinAnon' && { epoch: server.lost ? 'new' : 'e', offset: server.offset, ...recovered }) };
          }
          say(message) {
            this.onmessage?.({ data: JSON.stringify(message) });
          }
          cut(code = 1006) {
            this.onclose?.({ code, reason: '' });
            client.retryNow();
          }
          delta(channel, offset, seq, content, more) {
            this.say({ channel, offset, actionName: 'show', streamId: 's', seq, event: { type: 'delta', content }, ...more });
          }
          close() {}
        };
        window.sinces = (channel) => socket.asked.filter(({ action, options }) => action === 'channelJoinAnon' && options.channel === channel).map(({ options }) => options.since ?? null);
        window.start = async (options = {}) => {
          const { connect } = await import('/bf-client.js');
          window.seen = { events: [], statuses: [], gaps: [] };
          window.client = connect({ onEvent: (event) => seen.events.push(event), ...options, onStatus: (status) => seen.statuses.push(status), onGap: (gap) => seen.gaps.push(gap) });
        };
        window.text = () => seen.events.map(({ content }) => content).join('');
        window.until = async (condition) => {
          while (!condition()) {
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        };
        window.open = () => until(() => client.state === 'open');
        window.show = (isShown) => {
          Object.defineProperty(document, 'hidden', { value: !isShown, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        };
        """;

    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly IPage _page;

    private ScriptedClient(IPage page) => _page = page;

    /// <summary>Opens a page. Where it has manual time, its timers run by <see cref="PassAsync"/> only.</summary>
    public static async Task<ScriptedClient> OpenAsync(IBrowserContext context, Uri address, bool hasManualTime = false)
    {
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        if (hasManualTime)
        {
            await page.Clock.InstallAsync(new ClockInstallOptions { TimeDate = Start });
            await page.Clock.PauseAtAsync(Start.AddHours(1));
        }

        await page.AddInitScriptAsync(Script);
        await page.GotoAsync(new Uri(address, "health/live").ToString());
        return new ScriptedClient(page);
    }

    /// <summary>Runs the body of an async function.</summary>
    public Task RunAsync(string body) => JsonOfAsync($"{body}; return null;");

    /// <summary>Lets the page's manual time go on.</summary>
    public Task PassAsync(long milliseconds) => _page.Clock.RunForAsync(milliseconds);

    /// <summary>Runs the body of an async function and returns, as JSON, what it returns.</summary>
    public Task<string> JsonOfAsync(string body) =>
        _page.EvaluateAsync<string>($"async () => JSON.stringify(await (async () => {{ {body} }})())").WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>The text that was handed over in the end.</summary>
    public async Task<string> TextOfAsync(string body) => JsonSerializer.Deserialize<string>(await JsonOfAsync($"{body}; return text();"))!;
}
