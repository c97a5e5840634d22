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
    /// <c>socket</c> is the last one opened; <c>sent(action)</c> lists what it was asked; <c>refuse</c> names actions that are refused;
    /// joins with <c>since</c> are answered as recovered unless <c>lost</c>.
    /// </summary>
    private const string Script =
        """
        window.server = { refuse: [], lost: false, silent: false, offset: 5, opened: 0 };
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
            setTimeout(() => this.say(this.answer(command)));
          }
          answer({ id, action, options }) {
            if (server.refuse.includes(action)) {
              return { id, error: { code: 10110, message: 'refused' } };
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
        """;

    private readonly IPage _page;

    private ScriptedClient(IPage page) => _page = page;

    public static async Task<ScriptedClient> OpenAsync(IBrowserContext context, Uri address)
    {
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        await page.AddInitScriptAsync(Script);
        await page.GotoAsync(new Uri(address, "health/live").ToString());
        return new ScriptedClient(page);
    }

    /// <summary>Runs the body of an async function and returns, as JSON, what it returns.</summary>
    public Task<string> JsonOfAsync(string body) =>
        _page.EvaluateAsync<string>($"async () => JSON.stringify(await (async () => {{ {body} }})())").WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>The text that was handed over in the end.</summary>
    public async Task<string> TextOfAsync(string body) => JsonSerializer.Deserialize<string>(await JsonOfAsync($"{body}; return text();"))!;
}
