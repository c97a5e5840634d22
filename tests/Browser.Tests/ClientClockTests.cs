using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>The clocks of <c>/bf-client.js</c>, in a browser whose time goes on only when it is told to.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class ClientClockTests(PlaygroundFixture fixture) : IAsyncLifetime
{
    private IBrowserContext _context = null!;

    private ScriptedClient _client = null!;

    public async Task InitializeAsync()
    {
        _context = await fixture.NewContextAsync();
        _client = await ScriptedClient.OpenAsync(_context, fixture.Address, hasManualTime: true);
    }

    public async Task DisposeAsync() => await _context.DisposeAsync();

    [Fact]
    public async Task A_server_that_does_not_greet_is_given_up()
    {
        await _client.RunAsync("server.silent = true; await start();");

        await _client.PassAsync(9_900);
        Assert.Equal("\"connecting\"", await _client.JsonOfAsync("return client.state;"));
        await _client.PassAsync(200);

        Assert.Equal("""["waiting","no greeting"]""", await _client.JsonOfAsync("const { state, reason } = seen.statuses.at(-1); return [state, reason];"));
    }

    [Fact]
    public async Task A_server_that_greets_and_then_says_nothing_is_given_up()
    {
        await _client.RunAsync("server.ignore = ['authenticate']; await start({ token: 'jwt' });");

        await _client.PassAsync(15_200);

        Assert.Contains("""["waiting","no reply"]""", await _client.JsonOfAsync("return seen.statuses.map(({ state, reason }) => [state, reason]);"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_connection_is_asked_and_left_where_it_does_not_answer()
    {
        await OpenAsync();
        await _client.RunAsync("server.ignore = ['channelJoinAnon'];");

        await _client.PassAsync(45_100);
        Assert.Equal("""["open","tab|c1"]""", await _client.JsonOfAsync("return [client.state, socket.asked.at(-1).options.channel];"));
        await _client.PassAsync(8_100);

        Assert.Contains("""["waiting","no sign of life"]""", await _client.JsonOfAsync("return seen.statuses.map(({ state, reason }) => [state, reason]);"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("server.refuse = ['channelJoinAnon'];")]
    public async Task A_silent_connection_that_answers_is_kept_and_asked_again(string script)
    {
        await OpenAsync();
        await _client.RunAsync(script);

        for (var i = 0; i < 3; i++)
        {
            await _client.PassAsync(45_100);
            await _client.PassAsync(100);
        }

        Assert.Equal("""["open",3,1]""", await _client.JsonOfAsync("return [client.state, sinces('tab|c1').length, server.opened];"));
    }

    [Fact]
    public async Task A_ping_is_answered_and_is_a_sign_of_life()
    {
        await OpenAsync();
        for (var i = 0; i < 4; i++)
        {
            await _client.PassAsync(25_000);
            await _client.RunAsync($"socket.say({{ ping: {i} }});");
        }

        Assert.Equal("""[[{"pong":0},{"pong":1},{"pong":2},{"pong":3}],0]""", await _client.JsonOfAsync("return [socket.asked.filter(({ pong }) => pong !== undefined), sinces('tab|c1').length];"));
    }

    [Fact]
    public async Task A_page_that_is_looked_at_again_waits_for_no_timer()
    {
        await OpenAsync();

        await _client.RunAsync("show(false); socket.onclose({ code: 1006, reason: '' }); show(false);");
        Assert.Equal("""["waiting",1]""", await _client.JsonOfAsync("return [client.state, server.opened];"));
        await _client.RunAsync("show(true);");

        Assert.Equal("""["connecting",2]""", await _client.JsonOfAsync("return [client.state, server.opened];"));
    }

    [Fact]
    public async Task A_page_that_is_looked_at_again_asks_whether_its_connection_lives()
    {
        await OpenAsync();
        await _client.RunAsync("server.ignore = ['channelJoinAnon']; show(false); show(true);");
        await _client.PassAsync(8_100);

        Assert.Contains("no sign of life", await _client.JsonOfAsync("return seen.statuses.map(({ reason }) => reason);"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_client_is_woken_by_nothing()
    {
        await OpenAsync();
        await _client.RunAsync("client.close(); show(false); show(true); window.dispatchEvent(new Event('online'));");
        await _client.PassAsync(120_000);

        Assert.Equal("""["closed",1]""", await _client.JsonOfAsync("return [client.state, server.opened];"));
    }

    [Fact]
    public async Task Named_actions_of_a_hidden_page_need_no_animation_frame()
    {
        await _client.RunAsync("await start({ onEvent: undefined });");
        await _client.PassAsync(10);
        await _client.RunAsync(
            """
            window.requestAnimationFrame = () => { throw new Error('a hidden page has none'); };
            window.ran = [];
            window.BF = { namedAction: (name, event) => { ran.push(event.content ?? event.type); } };
            show(false);
            socket.delta('anonymous', 1, 1, 'a');
            socket.delta('anonymous', 2, 2, 'b');
            socket.say({ channel: 'anonymous', offset: 3, actionName: 'show', streamId: 's', seq: 3, event: { type: 'end' } });
            """);
        await _client.PassAsync(10);

        Assert.Equal("""["ab","end"]""", await _client.JsonOfAsync("return ran;"));
    }

    [Fact]
    public async Task Of_a_shown_page_one_animation_frame_runs_one_action()
    {
        await _client.RunAsync("await start({ onEvent: undefined });");
        await _client.PassAsync(10);
        await _client.RunAsync(
            """
            window.frames = [];
            window.requestAnimationFrame = (act) => frames.push(act);
            window.ran = [];
            window.BF = { namedAction: (name, event) => { ran.push(event.type); } };
            for (const [i, type] of ['threadInfo', 'delta', 'end'].entries()) {
              socket.say({ channel: 'anonymous', offset: i + 1, actionName: 'show', streamId: 's', seq: i + 1, event: { type, content: 'x' } });
            }
            window.frame = async () => { frames.shift()(); for (let i = 0; i < 20; i++) { await null; } return [ran.length, frames.length]; };
            """);

        Assert.Equal("[0,1]", await _client.JsonOfAsync("return [ran.length, frames.length];"));
        Assert.Equal("[1,1]", await _client.JsonOfAsync("return frame();"));
        Assert.Equal("[2,1]", await _client.JsonOfAsync("return frame();"));
        Assert.Equal("[3,0]", await _client.JsonOfAsync("return frame();"));
    }

    [Fact]
    public async Task Waits_double_up_to_half_a_minute_and_begin_anew_after_a_good_connection() =>
        Assert.Equal(
            "[[600,1100,2100,4100,8100,15100,15100],[100,100],600,0]",
            await _client.JsonOfAsync(
                """
                const { Pace } = await import('/bf-client/pace.js');
                Math.random = () => 0.5;
                const pace = new Pace();
                const away = () => { pace.begin('socket'); return pace.ended(); };
                const waits = Array.from({ length: 7 }, away);
                Math.random = () => 0;
                const least = Array.from({ length: 2 }, away);
                const now = performance.now();
                performance.now = () => now;
                pace.begin('socket'); pace.greeted('socket');
                performance.now = () => now + 10_000;
                Math.random = () => 0.5;
                const anew = pace.ended();
                return [waits, least, anew, pace.attempt - 1];
                """));

    private async Task OpenAsync()
    {
        await _client.RunAsync("await start();");
        await _client.PassAsync(10);
        Assert.Equal("\"open\"", await _client.JsonOfAsync("return client.state;"));
    }
}
