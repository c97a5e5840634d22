using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary><c>/bf-client.js</c> in a real browser against the real server.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class ClientTests(PlaygroundFixture fixture)
{
    private const string Ended = "seen.events.at(-1)?.type === 'end'";

    /// <summary>Slow and asynchronous, as BetterForms' own is; notes what it was given and whether it was disturbed.</summary>
    private const string SlowAction =
        """
        (async (name, event) => {
          seen.overlaps = (seen.overlaps ?? 0) + (seen.runs ? 1 : 0);
          seen.runs = true;
          await new Promise((resolve) => setTimeout(resolve, 40));
          seen.actions.push({ name, event });
          seen.runs = false;
        })
        """;

    [Fact]
    public async Task A_named_action_that_is_slow_gets_everything_in_order_and_never_twice_at_once()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await ClientPage.OpenAsync(context, fixture.Address, namedAction: SlowAction);
        var plain = await ClientPage.OpenAsync(context, fixture.Address);
        await page.EvaluateAsync("() => useBF()");
        await plain.EvaluateAsync("() => client.join('slow-action')");

        await page.StreamAsync("slow-action");
        await page.WaitAsync("seen.actions.at(-1)?.event.type === 'end'");
        await plain.WaitAsync(Ended);

        Assert.Equal(0, (await page.EvaluateAsync("() => seen.overlaps")).GetInt32());
        var text = (await page.EvaluateAsync("() => seen.actions.map(({ event }) => event.content ?? '').join('')")).GetString();
        Assert.Equal(await plain.TextAsync(), text);
        Assert.True((await page.EvaluateAsync("() => seen.actions.length")).GetInt32() < (await plain.EvaluateAsync("() => seen.events.length")).GetInt32());
        Assert.Equal("show", (await page.EvaluateAsync("() => [...new Set(seen.actions.map(({ name }) => name))].join()")).GetString());
    }

    [Fact]
    public async Task Events_wait_for_a_BetterForms_that_loads_later()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await ClientPage.OpenAsync(context, fixture.Address, namedAction: SlowAction);
        await page.StreamAsync("late-bf");
        await page.WaitAsync("client.position('late-bf').offset > 20");
        Assert.Equal(0, (await page.EvaluateAsync("() => seen.actions.length")).GetInt32());

        await page.EvaluateAsync("() => useBF()");

        await page.WaitAsync("seen.actions.at(-1)?.event.type === 'end'");
        Assert.Contains("night", (await page.EvaluateAsync("() => seen.actions[0].event.content + seen.actions.map(({ event }) => event.content ?? '').join('')")).GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"transport":"events"}""")]
    public async Task A_connection_that_breaks_again_and_again_loses_and_repeats_nothing(string options)
    {
        await using var context = await fixture.NewContextAsync();
        var steady = await ClientPage.OpenAsync(context, fixture.Address);
        var shaky = await ClientPage.OpenAsync(context, fixture.Address, options);
        var channel = options.Length > 2 ? "shaky-events" : "shaky-socket";
        await steady.EvaluateAsync("(channel) => client.join(channel)", channel);

        await shaky.StreamAsync(channel, "demo");
        for (var i = 1; i <= 3; i++)
        {
            await shaky.WaitAsync($"seen.events.length >= {i * 5}");
            await shaky.EvaluateAsync("() => { client.drop(); client.retryNow(); }");
        }

        await shaky.WaitAsync(Ended);
        await steady.WaitAsync(Ended);
        Assert.Equal(await steady.TextAsync(), await shaky.TextAsync());
        Assert.Equal(0, (await shaky.EvaluateAsync("() => seen.gaps.length")).GetInt32());
    }

    [Fact]
    public async Task Where_sockets_are_blocked_it_goes_on_with_event_streams()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await ClientPage.OpenAsync(context, fixture.Address, prepare: page => page.AddInitScriptAsync("window.WebSocket = class { constructor() { throw new Error('blocked'); } };"));

        await page.WaitAsync("client.state === 'open'");
        await page.StreamAsync("blocked-sockets");
        await page.WaitAsync(Ended);

        Assert.Equal("events", (await page.EvaluateAsync("() => seen.statuses.at(-1).transport")).GetString());
        Assert.Contains("night", await page.TextAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_stream_on_two_channels_is_handed_over_once()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await ClientPage.OpenAsync(context, fixture.Address);

        await page.StreamAsync("twice-a,twice-b");
        await page.WaitAsync(Ended);
        await page.WaitAsync("client.position('twice-a').offset === client.position('twice-b').offset");

        Assert.Equal(1, (await page.EvaluateAsync("() => seen.events.filter((event) => event.type === 'end').length")).GetInt32());
        Assert.Equal(1, (await page.EvaluateAsync("() => new Set(seen.events.map((event) => event.channel)).size")).GetInt32());
    }

    [Fact]
    public async Task Two_tabs_see_everything_once_each()
    {
        await using var context = await fixture.NewContextAsync();
        var first = await ClientPage.OpenAsync(context, fixture.Address);
        var second = await ClientPage.OpenAsync(context, fixture.Address);
        await second.EvaluateAsync("() => client.join('two-tabs')");

        await first.StreamAsync("two-tabs");
        await first.WaitAsync(Ended);
        await second.WaitAsync(Ended);

        Assert.Equal(await first.TextAsync(), await second.TextAsync());
    }

    [Fact]
    public async Task A_server_that_was_restarted_is_found_again_and_the_loss_is_told()
    {
        var (app, address) = await AppProcess.StartAsync();
        await using var context = await fixture.NewContextAsync();
        ClientPage page;
        await using (app)
        {
            page = await ClientPage.OpenAsync(context, address);
            await page.StreamAsync("restart");
            await page.WaitAsync(Ended);
        }

        await page.WaitAsync("client.state === 'waiting'");
        (app, _) = await AppProcess.StartAsync(address.Port);
        await using (app)
        {
            await page.EvaluateAsync("() => client.retryNow()");
            await page.WaitAsync("client.state === 'open' && seen.gaps.some((gap) => gap.channel === 'restart')");
            await page.EvaluateAsync("() => { seen.events = []; }");
            await page.StreamAsync("restart");
            await page.WaitAsync(Ended);
            Assert.Contains("night", await page.TextAsync(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_tool_call_runs_the_action_of_its_name_and_a_failure_is_answered()
    {
        await using var context = await fixture.NewContextAsync();
        var answers = new List<string>();
        var page = await ClientPage.OpenAsync(
            context,
            fixture.Address,
            namedAction: "((name, event) => { if (name !== 'ui_find') { throw new Error('no action ' + name); } seen.actions.push({ name, event }); })",
            prepare: page => page.RouteWebSocketAsync("**/message/connect**", socket => Serve(socket, answers)));
        await page.EvaluateAsync("() => useBF()");

        await page.WaitAsync("seen.actions.length === 1");
        await page.EvaluateAsync("() => client.join('answered')");

        Assert.Equal("ui_find", (await page.EvaluateAsync("() => seen.actions[0].name")).GetString());
        var answer = Assert.Single(answers, text => text.Contains("llmToolCallResponse", StringComparison.Ordinal));
        Assert.Contains("\"toolCallId\":\"call-2\"", answer, StringComparison.Ordinal);
        Assert.Contains("\"success\":false", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_module_and_its_types_are_for_pages_of_any_origin()
    {
        await using var context = await fixture.NewContextAsync();
        foreach (var path in (string[])["/bf-client.js", "/bf-client/wires.js", "/bf-client.d.ts"])
        {
            var file = await context.APIRequest.GetAsync(new Uri(fixture.Address, path).ToString());
            Assert.Equal((200, "*"), (file.Status, file.Headers["access-control-allow-origin"]));
        }
    }

    /// <summary>A server that calls two tools, of which the page knows one, and answers every command.</summary>
    private static void Serve(IWebSocketRoute socket, List<string> answers)
    {
        socket.OnMessage(frame =>
        {
            answers.Add(frame.Text!);
            var id = System.Text.Json.JsonDocument.Parse(frame.Text!).RootElement.GetProperty("id").GetInt32();
            socket.Send($$"""{"id":{{id}},"ok":true,"channel":"answered","epoch":"e","offset":0}""");
        });
        socket.Send("""{"connectionId":"1","resumeToken":"t","channels":[{"channel":"anonymous","epoch":"e","offset":0}]}""");
        socket.Send(Call(1, "find", "call-1"));
        socket.Send(Call(2, "unknown", "call-2"));
    }

    private static string Call(int offset, string tool, string id) =>
        $$$"""{"channel":"anonymous","offset":{{{offset}}},"actionName":"show","streamId":"s","seq":{{{offset}}},"event":{"type":"llmToolCall","action":"llmToolCall","toolName":"{{{tool}}}","toolCallId":"{{{id}}}","options":{"functions":[],"toolCallId":"{{{id}}}"} } }""";
}
