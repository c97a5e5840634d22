using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>What <c>/bf-client.js</c> does where a connection ends at an awkward moment.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class ClientEdgeTests(PlaygroundFixture fixture) : IAsyncLifetime
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
    public async Task A_join_waits_for_the_connection() =>
        Assert.Equal("\"chat\"", await _client.JsonOfAsync("await start(); return (await client.join('chat')).channel;"));

    [Fact]
    public async Task A_client_closed_while_connecting_stays_closed() =>
        Assert.Equal(
            "\"closed\"",
            await _client.JsonOfAsync("await start(); client.close(); socket.say({ connectionId: 'x', resumeToken: 't', channels: [] }); return client.state;"));

    [Fact]
    public async Task A_stream_goes_on_for_who_left_one_of_its_two_channels() =>
        Assert.Equal(
            "one two three",
            await _client.TextOfAsync(
                """
                await start(); await open(); await client.join('a'); await client.join('b');
                socket.delta('a', 6, 1, 'one '); socket.delta('b', 6, 1, 'one ');
                await client.leave('a');
                socket.delta('b', 7, 2, 'two '); socket.delta('b', 8, 3, 'three')
                """));

    [Fact]
    public async Task Of_a_rolled_up_frame_only_what_another_channel_has_not_brought_is_handed_over() =>
        Assert.Equal(
            "שלום 😀 \"q\"!",
            await _client.TextOfAsync(
                """
                await start(); await open(); await client.join('a'); await client.join('b');
                socket.delta('a', 6, 1, 'שלום '); socket.delta('a', 7, 2, '😀');
                socket.delta('b', 9, 4, 'שלום 😀 "q"!', { from: 6, seqFrom: 1 });
                socket.delta('a', 9, 4, ' "q"!', { from: 8, seqFrom: 3 })
                """));

    [Fact]
    public async Task Frames_that_come_before_a_channel_is_joined_again_are_left_to_the_replay() =>
        Assert.Equal(
            "123",
            await _client.TextOfAsync(
                """
                const answer = WebSocket.prototype.answer;
                WebSocket.prototype.answer = function (command) {
                  if (command.action === 'resume') {
                    this.delta('anonymous', 3, 3, '3');
                  }
                  return answer.call(this, command);
                };
                await start(); await open(); socket.delta('anonymous', 1, 1, '1');
                socket.cut(); await open(); await until(() => client.position('anonymous').epoch && sinces('anonymous').length > 0);
                await new Promise((resolve) => setTimeout(resolve, 20));
                socket.delta('anonymous', 2, 2, '2'); socket.delta('anonymous', 3, 3, '3')
                """));

    [Fact]
    public async Task After_a_replay_that_was_empty_the_place_is_known() =>
        Assert.Equal(
            """[{"epoch":"e","offset":5}]""",
            await _client.JsonOfAsync(
                """
                await start(); await open(); await client.join('quiet', { since: 'start' });
                await until(() => client.position('quiet').offset === 5);
                socket.cut(); await open(); await until(() => sinces('quiet').length > 0);
                return sinces('quiet');
                """));

    [Fact]
    public async Task After_a_loss_that_was_told_the_place_is_known() =>
        Assert.Equal(
            """[{"epoch":"new","offset":5}]""",
            await _client.JsonOfAsync(
                """
                await start(); await open(); await client.join('a'); socket.delta('a', 6, 1, 'x');
                server.lost = true; socket.cut(); await open(); await until(() => seen.gaps.some(({ channel }) => channel === 'a'));
                server.lost = false; socket.cut(); await open(); await until(() => sinces('a').length > 0);
                return sinces('a');
                """));

    [Fact]
    public async Task A_history_that_begins_anew_while_listening_is_told_and_followed() =>
        Assert.Equal(
            """[["a"],"xy",{"epoch":"new","offset":2}]""",
            await _client.JsonOfAsync(
                """
                await start(); await open(); await client.join('a'); socket.delta('a', 6, 1, 'x');
                socket.say({ channel: 'a', epoch: 'new', offset: 1, recovered: false });
                socket.delta('a', 2, 2, 'y');
                return [seen.gaps.map(({ channel }) => channel), text(), client.position('a')];
                """));

    [Fact]
    public async Task Who_was_never_let_in_has_lost_nothing_and_who_is_not_let_in_again_has() =>
        Assert.Equal(
            """["refused",0,["a"]]""",
            await _client.JsonOfAsync(
                """
                await start(); server.refuse = ['channelJoinAnon'];
                const joined = client.join('a').then(() => 'joined', () => 'refused');
                await open(); const told = await joined; const early = seen.gaps.length;
                server.refuse = []; await client.join('a'); server.refuse = ['channelJoinAnon'];
                socket.cut(); await open(); await until(() => seen.gaps.length > 0);
                return [told, early, seen.gaps.map(({ channel }) => channel).filter((name) => name === 'a')];
                """));

    [Fact]
    public async Task A_private_channel_that_cannot_be_had_again_is_told_as_lost() =>
        Assert.Equal(
            """["tab|c1"]""",
            await _client.JsonOfAsync(
                "await start(); await open(); server.refuse = ['resume']; socket.cut(); await open(); return seen.gaps.map(({ channel }) => channel);"));

    [Fact]
    public async Task Who_was_resumed_elsewhere_comes_back_as_another() =>
        Assert.Equal(
            """["c2",false]""",
            await _client.JsonOfAsync(
                "await start(); await open(); socket.cut(4010); await open(); return [client.connectionId, socket.asked.some(({ action }) => action === 'resume')];"));

    [Fact]
    public async Task What_the_client_did_wrong_is_not_tried_again() =>
        Assert.Equal(
            """["closed",1009,1]""",
            await _client.JsonOfAsync("await start(); await open(); socket.cut(1009); return [client.state, seen.statuses.at(-1).code, server.opened];"));

    [Fact]
    public async Task Without_a_token_the_open_channels_are_joined_again() =>
        Assert.Equal(
            """["open",1]""",
            await _client.JsonOfAsync(
                """
                await start({ token: () => { throw new Error('no token today'); } }); await client.join('a');
                socket.cut(); await open(); await until(() => sinces('a').length > 0);
                return [client.state, sinces('a').length];
                """));

    [Fact]
    public async Task A_user_comes_back_to_his_channels_where_he_left_them() =>
        Assert.Equal(
            """{"token":"jwt","since":{"sales":{"epoch":"e","offset":8}}}""",
            await _client.JsonOfAsync(
                """
                const answer = WebSocket.prototype.answer;
                WebSocket.prototype.answer = function (command) {
                  const place = { channel: 'sales', mode: 'listen', epoch: 'e', offset: 7, ...(command.options.since && { recovered: true }) };
                  return command.action === 'authenticate' ? { id: command.id, ok: true, user: 'u', channels: [place] } : answer.call(this, command);
                };
                await start({ token: async () => 'jwt' }); await open(); socket.delta('sales', 8, 1, 'x');
                socket.cut(); await open();
                return socket.asked.find(({ action }) => action === 'authenticate').options;
                """));

    [Fact]
    public async Task Of_too_many_events_that_wait_for_BetterForms_the_oldest_go_and_it_is_told() =>
        Assert.Equal(
            """[200,1000,"end"]""",
            await _client.JsonOfAsync(
                """
                await start({ onEvent: undefined }); await open();
                window.requestAnimationFrame = (act) => setTimeout(act);
                for (let i = 1; i <= 1200; i++) {
                  const event = i === 1200 ? { type: 'end' } : { type: 'delta', content: 'x' };
                  socket.say({ channel: 'anonymous', offset: i, actionName: 'show', streamId: `s${i}`, seq: 1, event });
                }
                const ran = [];
                window.BF = { namedAction: (name, event) => { ran.push(event); } };
                await until(() => ran.at(-1)?.type === 'end');
                return [seen.gaps.length, ran.length, ran.at(-1).type];
                """));
}
