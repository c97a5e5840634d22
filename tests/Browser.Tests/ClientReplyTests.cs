using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>What <c>/bf-client.js</c> does where a server is not ready yet, or a reply comes at an awkward moment.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class ClientReplyTests(PlaygroundFixture fixture) : IAsyncLifetime
{
    private IBrowserContext _context = null!;

    private ScriptedClient _client = null!;

    public async Task InitializeAsync()
    {
        _context = await fixture.NewContextAsync();
        _client = await ScriptedClient.OpenAsync(_context, fixture.Address);
    }

    public async Task DisposeAsync() => await _context.DisposeAsync();

    [Fact]
    public async Task A_server_whose_state_is_away_is_asked_again_and_no_channel_is_given_up() =>
        Assert.Equal(
            """["waiting",[],"open",[{"epoch":"e","offset":6}]]""",
            await _client.JsonOfAsync(
                """
                await start(); await open(); await client.join('a'); socket.delta('a', 6, 1, 'x');
                Object.assign(server, { refuse: ['channelJoinAnon'], code: 10120 }); socket.cut();
                await until(() => seen.statuses.at(-1).state === 'waiting' && seen.statuses.at(-1).reason.includes('refused'));
                const away = [client.state, seen.gaps];
                server.refuse = []; client.retryNow(); await open(); await until(() => sinces('a').length > 0);
                return [...away, client.state, sinces('a')];
                """));

    [Fact]
    public async Task A_user_stays_one_where_the_state_is_away_as_he_comes_back() =>
        Assert.Equal(
            """["jwt","jwt"]""",
            await _client.JsonOfAsync(
                """
                await start(); await open();
                const answer = WebSocket.prototype.answer;
                let away = false;
                WebSocket.prototype.answer = function (command) {
                  const reply = away ? { error: { code: 10120, message: 'away' } } : { ok: true, user: 'u', channels: [] };
                  return command.action === 'authenticate' ? { id: command.id, ...reply } : answer.call(this, command);
                };
                await client.authenticate('jwt');
                const tokens = [];
                const asked = () => socket.asked.filter(({ action }) => action === 'authenticate').forEach(({ options }) => tokens.push(options.token));
                away = true; socket.cut(); await until(() => client.state === 'waiting'); asked();
                away = false; client.retryNow(); await open(); asked();
                return tokens;
                """));

    [Fact]
    public async Task Cut_off_while_it_resumes_a_connection_is_still_who_it_was() =>
        Assert.Equal(
            """["c1",["token-c1"],[]]""",
            await _client.JsonOfAsync(
                """
                await start(); await open();
                server.ignore = ['resume']; socket.cut(); await until(() => socket.asked.length > 0);
                const during = client.connectionId;
                socket.cut(); await until(() => server.opened === 3 && socket.asked.length > 0);
                return [during, socket.asked.map(({ options }) => options.resumeToken), seen.gaps];
                """));

    [Fact]
    public async Task Who_waits_to_be_authenticated_is_told_that_the_client_was_closed() =>
        Assert.Equal(
            """["ClientError",1000]""",
            await _client.JsonOfAsync(
                """
                server.silent = true; await start();
                const entered = client.authenticate('jwt').catch(({ name, code }) => [name, code]);
                client.close();
                return entered;
                """));

    [Fact]
    public async Task A_token_brought_while_another_is_asked_about_counts() =>
        Assert.Equal(
            """["one","two"]""",
            await _client.JsonOfAsync(
                """
                let entered;
                const answer = WebSocket.prototype.answer;
                WebSocket.prototype.answer = function (command) {
                  if (command.action !== 'authenticate') {
                    return answer.call(this, command);
                  }
                  entered ??= client.authenticate('two');
                  return { id: command.id, ok: true, user: command.options.token, channels: [] };
                };
                await start({ token: 'one' }); await open();
                const tokens = socket.asked.filter(({ action }) => action === 'authenticate').map(({ options }) => options.token);
                return (await entered).user === 'two' ? tokens : await entered;
                """));

    [Fact]
    public async Task A_connection_that_turns_out_to_be_another_users_begins_anew_once() =>
        Assert.Equal(
            """["two",3,"c3",[]]""",
            await _client.JsonOfAsync(
                """
                const answer = WebSocket.prototype.answer;
                let user = 'one';
                WebSocket.prototype.answer = function (command) {
                  if (command.action === 'resume') {
                    this.owner = 'one';
                    return { id: command.id, ok: true, connectionId: 'c1', resumeToken: 'token-c1' };
                  }
                  if (command.action !== 'authenticate') {
                    return answer.call(this, command);
                  }
                  return (this.owner ?? user) === user
                    ? { id: command.id, ok: true, user, channels: [{ channel: user, mode: 'ignore', epoch: 'e', offset: 0 }] }
                    : { id: command.id, error: { code: 10113, message: "another user's" } };
                };
                await start({ token: () => user }); await open();
                user = 'two'; socket.cut(); await until(() => server.opened === 3); await open();
                return [client.position('one') ?? 'two', server.opened, client.connectionId, seen.gaps];
                """));

    [Fact]
    public async Task A_client_that_was_closed_and_connects_is_another_connection_on_the_same_channels() =>
        Assert.Equal(
            """["c2",[{"epoch":"e","offset":6}],[]]""",
            await _client.JsonOfAsync(
                """
                await start(); await open(); await client.join('a'); socket.delta('a', 6, 1, 'x');
                client.close(); client.connect(); await open(); await until(() => sinces('a').length > 0);
                return [client.connectionId, sinces('a'), seen.gaps];
                """));

    [Fact]
    public async Task What_the_server_could_not_do_is_told() =>
        Assert.Equal(
            """["open",10120,"away"]""",
            await _client.JsonOfAsync(
                """
                await start(); await open();
                socket.say({ error: { code: 10120, message: 'away' } });
                const { state, code, reason } = seen.statuses.at(-1);
                return [state, code, reason];
                """));

    [Fact]
    public async Task A_channel_that_became_private_is_told_and_the_others_are_joined_again() =>
        Assert.Equal(
            """["open",["a"],null,1]""",
            await _client.JsonOfAsync(
                """
                await start(); await open(); await client.join('a'); await client.join('b');
                const answer = WebSocket.prototype.answer;
                WebSocket.prototype.answer = function (command) {
                  return command.options?.channel === 'a' ? { id: command.id, error: { code: 10132, message: 'not allowed' } } : answer.call(this, command);
                };
                socket.cut(4003); await open(); await until(() => seen.gaps.length > 0 && sinces('b').length > 0);
                return [client.state, seen.gaps.map(({ channel }) => channel), client.position('a'), sinces('b').length];
                """));

    [Fact]
    public async Task A_server_that_says_when_to_come_back_is_waited_for() =>
        Assert.Equal(
            """["waiting",503,true]""",
            await _client.JsonOfAsync(
                """
                window.fetch = async () => new Response('', { status: 503, headers: { 'retry-after': '20' } });
                await start({ transport: 'events' });
                await until(() => client.state === 'waiting');
                const { state, code, delay } = seen.statuses.at(-1);
                return [state, code, delay >= 20_000];
                """));

    [Fact]
    public async Task Over_an_event_stream_frames_that_overtake_the_reply_that_lets_a_user_in_are_not_lost() =>
        Assert.Equal(
            "one two",
            await _client.TextOfAsync(
                """
                let say;
                let reply;
                const body = new ReadableStream({ start(output) { say = (message) => output.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(message)}\n\n`)); } });
                window.fetch = async (url, { body: text } = {}) => {
                  if (String(url).includes('/message/events')) {
                    return new Response(body);
                  }
                  const command = JSON.parse(text);
                  await new Promise((resolve) => { reply = resolve; });
                  return Response.json({ id: command.id, ok: true, user: 'u', channels: [{ channel: 'sales', mode: 'ignore', epoch: 'e', offset: 6 }] });
                };
                const frame = (offset, seq, content) => say({ channel: 'sales', offset, actionName: 'show', streamId: 's', seq, event: { type: 'delta', content } });
                await start({ transport: 'events' });
                say({ connectionId: 'c', resumeToken: 't', channels: [] });
                await open();
                const entered = client.authenticate('jwt');
                await until(() => reply);
                frame(7, 1, 'one ');
                await new Promise((resolve) => setTimeout(resolve, 20));
                reply(); await entered;
                frame(8, 2, 'two');
                await until(() => seen.events.length === 2)
                """));
}
