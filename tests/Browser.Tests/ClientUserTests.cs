using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>Users of <c>/bf-client.js</c> against the real server: over a socket, and where sockets are blocked.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class ClientUserTests(PlaygroundFixture fixture, UsersApp app) : IClassFixture<UsersApp>, IAsyncLifetime
{
    private const string Socket = """{"transport":"socket"}""";

    private const string Events = """{"transport":"events"}""";

    private const string Texts = "() => seen.messages.map(({ message }) => message.text).join()";

    private IBrowserContext _context = null!;

    public async Task InitializeAsync() => _context = await fixture.NewContextAsync();

    public async Task DisposeAsync() => await _context.DisposeAsync();

    [Theory]
    [InlineData(Socket)]
    [InlineData(Events)]
    public async Task A_user_is_let_in_and_hears_what_is_his(string transport)
    {
        var page = await OpenAsync(transport);
        var (user, room) = (Name("u"), Name("room"));

        var reply = await page.EvaluateAsync("(token) => client.authenticate(token)", await app.TokenAsync(user, room));
        await app.SendAsync(room, "to the room");
        await app.SendAsync(user, "to the user");
        await page.WaitAsync("seen.messages.length === 2");

        Assert.Equal(user, reply.GetProperty("user").GetString());
        Assert.Equal([room, user, "authenticated"], reply.GetProperty("channels").EnumerateArray().Select(channel => channel.GetProperty("channel").GetString()));
        Assert.Equal($"{room},{user}", (await page.EvaluateAsync("() => seen.messages.map(({ about }) => about.channel).join()")).GetString());
        Assert.Equal(JsonValueKind.Null, (await page.EvaluateAsync("() => client.position('anonymous')")).ValueKind);
    }

    [Theory]
    [InlineData(Socket)]
    [InlineData(Events)]
    public async Task A_token_stands_in_no_address(string transport)
    {
        var addresses = new ConcurrentQueue<string>();
        var commands = new ConcurrentQueue<string>();
        var token = await app.TokenAsync(Name("u"));
        var page = await OpenAsync(transport, prepare: page =>
        {
            page.WebSocket += (_, socket) => addresses.Enqueue(socket.Url);
            page.Request += (_, request) =>
            {
                addresses.Enqueue(request.Url);
                if (request.Url.EndsWith("/message/command?app=demo", StringComparison.Ordinal))
                {
                    commands.Enqueue(request.PostData ?? "");
                }
            };
            return Task.CompletedTask;
        });

        await page.EvaluateAsync("(token) => client.authenticate(token)", token);

        Assert.Contains(addresses, address => address.Contains("/message/", StringComparison.Ordinal));
        Assert.DoesNotContain(addresses, address => address.Contains(token, StringComparison.Ordinal) || address.Contains("resumeToken", StringComparison.Ordinal));
        Assert.Equal(transport == Events, commands.Any(body => body.Contains(token, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Socket)]
    [InlineData(Events)]
    public async Task Who_authenticates_before_there_is_a_connection_is_let_in_with_it(string transport)
    {
        var user = Name("u");
        var page = await OpenAsync(transport);

        var entered = await page.EvaluateAsync(
            """
            async (token) => {
              client.close();
              const reply = client.connect().authenticate(() => token);
              const early = client.state;
              return `${early} ${(await reply).user}`;
            }
            """,
            await app.TokenAsync(user));

        Assert.Equal($"connecting {user}", entered.GetString());
    }

    [Theory]
    [InlineData(Socket)]
    [InlineData(Events)]
    public async Task Users_send_to_their_own_channels_and_to_open_ones(string transport)
    {
        var (room, sender) = (Name("room"), Name("u"));
        var page = await EnterAsync(transport, sender, room);
        var other = await EnterAsync(Socket, Name("u"), room);
        await page.EvaluateAsync("() => client.join('lobby-1')");
        await other.EvaluateAsync("() => client.join('lobby-1')");

        await page.EvaluateAsync("(room) => client.send({ channels: [room], actions: [{ action: 'a', options: {} }], model: { x: 1 } })", room);
        await page.EvaluateAsync("() => client.send({ channels: ['lobby-1'], app: { y: 2 } })");
        await other.WaitAsync("seen.messages.length === 2");

        Assert.Equal(
            $$$"""[[{"actions":[{"action":"a","options":{}}],"model":{"x":1},"app":{}},"{{{room}}}","{{{sender}}}"],[{"actions":[],"model":{},"app":{"y":2}},"lobby-1",null]]""",
            (await other.EvaluateAsync("() => JSON.stringify(seen.messages.map(({ message, about }) => [message, about.channel, about.from.user?.id ?? null]))")).GetString());
    }

    [Fact]
    public async Task A_message_is_data_and_never_an_action()
    {
        var page = await OpenAsync(Socket, "((name) => { seen.actions.push(name); })");
        await page.EvaluateAsync("() => { useBF(); return client.join('lobby-2'); }");

        await page.EvaluateAsync("() => client.send({ channels: ['lobby-2'], actions: [{ action: 'namedAction', name: 'wipe' }] })");
        await page.EvaluateAsync(
            """
            () => fetch('/stream/create', { method: 'POST', body: JSON.stringify({
              apiKey: 'BFAPI_demo', channels: 'lobby-2', actionName: 'show',
              payload: { provider: 'demo', stream: true, model: 'demo-fast', max_tokens: 2, messages: [{ role: 'user', content: 'poem' }] } }) })
            """);
        await page.WaitAsync("seen.actions.length > 1");

        Assert.Equal("show", (await page.EvaluateAsync("() => [...new Set(seen.actions)].join()")).GetString());
        Assert.Equal("wipe", (await page.EvaluateAsync("() => seen.messages[0].message.actions[0].name")).GetString());
    }

    [Theory]
    [InlineData(Socket)]
    [InlineData(Events)]
    public async Task A_user_who_was_away_gets_what_he_missed_once_and_in_order(string transport)
    {
        var (user, room) = (Name("u"), Name("room"));
        var page = await EnterAsync(transport, user, room);
        await app.SendAsync(room, "1");
        await page.WaitAsync("seen.messages.length === 1");

        await page.EvaluateAsync("() => { window.first = client.connectionId; client.drop(); }");
        await app.SendAsync(room, "2");
        await app.SendAsync(user, "3");
        await page.EvaluateAsync("() => client.retryNow()");
        await page.WaitAsync("client.state === 'open' && seen.messages.length >= 3");
        await app.SendAsync(room, "4");
        await page.WaitAsync("seen.messages.some(({ message }) => message.text === '4')");

        Assert.Equal(["1", "2", "3", "4"], (await page.EvaluateAsync(Texts)).GetString()!.Split(',').Order(StringComparer.Ordinal));
        Assert.Equal("1,2,4", (await page.EvaluateAsync("(room) => seen.messages.filter(({ about }) => about.channel === room).map(({ message }) => message.text).join()", room)).GetString());
        Assert.True((await page.EvaluateAsync("() => client.connectionId === first && seen.gaps.length === 0")).GetBoolean());
    }

    [Theory]
    [InlineData(Socket)]
    [InlineData(Events)]
    public async Task Channels_that_the_apps_server_gives_and_takes_are_followed(string transport)
    {
        var (user, room) = (Name("u"), Name("room"));
        var page = await EnterAsync(transport, user);

        await app.MoveAsync("adduser", user, room);
        await app.SendAsync(room, "in");
        await page.WaitAsync("seen.messages.length === 1");
        await app.MoveAsync("removeuser", user, room);
        await page.WaitAsync($"client.position('{room}') === null");
        await app.SendAsync(room, "out");
        await app.SendAsync(user, "last");
        await page.WaitAsync("seen.messages.some(({ message }) => message.text === 'last')");

        Assert.Equal("in,last", (await page.EvaluateAsync(Texts)).GetString());
    }

    [Theory]
    [InlineData(Socket)]
    [InlineData(Events)]
    public async Task A_token_that_is_none_is_refused_and_open_channels_stay(string transport)
    {
        var page = await OpenAsync(transport);
        await page.EvaluateAsync("() => client.join('lobby-3')");

        var fault = await page.EvaluateAsync("() => client.authenticate('a.b.c').catch(({ name, code }) => `${name} ${code}`)");
        await app.SendAsync("lobby-3", "still here");
        await page.WaitAsync("seen.messages.length === 1");

        Assert.Equal("ClientError 10111", fault.GetString());
        Assert.Equal("open", (await page.EvaluateAsync("() => client.state")).GetString());
    }

    [Theory]
    [InlineData(Socket)]
    [InlineData(Events)]
    public async Task Another_user_of_the_page_begins_anew_and_sees_nothing_of_the_first(string transport)
    {
        var (first, second) = (Name("u"), Name("u"));
        var page = await EnterAsync(transport, first);
        await page.EvaluateAsync("async () => { await client.join('lobby-4'); window.first = client.connectionId; }");

        var reply = await page.EvaluateAsync("(token) => client.authenticate(token)", await app.TokenAsync(second));
        await page.WaitAsync("client.state === 'open' && client.position('lobby-4')");
        await app.SendAsync(first, "for the first");
        await app.SendAsync(second, "for the second");
        await app.SendAsync("lobby-4", "for all");
        await page.WaitAsync("seen.messages.length >= 2");

        Assert.Equal(second, reply.GetProperty("user").GetString());
        Assert.Equal("for all,for the second", string.Join(',', (await page.EvaluateAsync(Texts)).GetString()!.Split(',').Order(StringComparer.Ordinal)));
        Assert.True((await page.EvaluateAsync("(first) => client.connectionId !== window.first && client.position(first) === null && seen.gaps.length === 0", first)).GetBoolean());
    }

    [Theory]
    [InlineData(Socket)]
    [InlineData(Events)]
    public async Task Who_leaves_is_nobody_again(string transport)
    {
        var user = Name("u");
        var page = await EnterAsync(transport, user);

        await page.EvaluateAsync("() => client.authenticate(null)");
        await page.WaitAsync("client.state === 'open' && client.position('anonymous')");
        await app.SendAsync(user, "for the user");
        await app.SendAsync("anonymous", "for all");
        await page.WaitAsync("seen.messages.length === 1");

        Assert.Equal("for all", (await page.EvaluateAsync(Texts)).GetString());
        Assert.Equal(0, (await page.EvaluateAsync("() => seen.gaps.length")).GetInt32());
    }

    [Fact]
    public async Task Pings_are_answered_with_their_own_number()
    {
        var (pings, pongs) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        var fourth = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var page = await OpenAsync(Socket, prepare: page =>
        {
            page.WebSocket += (_, socket) =>
            {
                socket.FrameReceived += (_, frame) => Note(pings, "{\"ping\":", frame.Text);
                socket.FrameSent += (_, frame) =>
                {
                    Note(pongs, "{\"pong\":", frame.Text);
                    if (pongs.Count == 4)
                    {
                        fourth.TrySetResult();
                    }
                };
            };
            return Task.CompletedTask;
        });

        await fourth.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(pings.Take(4).Select(ping => ping.Replace("ping", "pong", StringComparison.Ordinal)), pongs.Take(4));
        Assert.Equal("connecting,open", (await page.EvaluateAsync("() => seen.statuses.map(({ state }) => state).join()")).GetString());
    }

    private static string Name(string kind) => $"{kind}-{Guid.NewGuid():N}";

    private static void Note(ConcurrentQueue<string> notes, string start, string? text)
    {
        if (text?.StartsWith(start, StringComparison.Ordinal) is true)
        {
            notes.Enqueue(text);
        }
    }

    private async Task<ClientPage> OpenAsync(string options, string? namedAction = null, Func<IPage, Task>? prepare = null)
    {
        var page = await ClientPage.OpenAsync(_context, app.Address, options, namedAction, prepare);
        await page.WaitAsync("client.state === 'open'");
        return page;
    }

    private async Task<ClientPage> EnterAsync(string transport, string user, params string[] channels)
    {
        var page = await OpenAsync(transport);
        await page.EvaluateAsync("(token) => client.authenticate(token)", await app.TokenAsync(user, channels));
        return page;
    }
}
