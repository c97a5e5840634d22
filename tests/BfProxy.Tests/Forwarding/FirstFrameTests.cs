using BfProxy.Tests.Host;
using BfProxy.Tests.Sessions;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>No first token waits for Nagle and a delayed acknowledgment: small writes go out at once on both sides, and what is there together goes together.</summary>
public sealed class FirstFrameTests
{
    /// <summary>Two writes may become one by chance, but not each time.</summary>
    private const int Times = 10;

    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    public static TheoryData<string, bool> Ways() => MatrixHost.Ways();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Small_writes_go_out_at_once_to_providers_pages_and_callers(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream);
        host.Script(Script.Sse(AnyDialect.Text(host.Dialect, "some")));

        await host.AskAsync();

        // The connections stay open for the next call.
        var (up, down, portal) = (OpenSockets.NoDelayTo(host.Provider.BaseAddress.Port), OpenSockets.NoDelayAt(host.Proxy.Address.Port), OpenSockets.NoDelayTo(host.Portal.Port));
        Assert.NotEmpty(up);
        Assert.NotEmpty(down);
        Assert.Equal(route == MatrixHost.Deliver, portal.Count > 0);
        Assert.All([.. up, .. down, .. portal], Assert.True);
    }

    [Theory]
    [InlineData("*/*", "0:\"Green tea.\"\n")]
    [InlineData("text/event-stream", "\"content\":\"Green tea.\"")]
    public async Task A_bots_answer_that_is_there_comes_with_its_headers(string accept, string text)
    {
        await using var bot = await BotHost.StartAsync();
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(AnyDialect.Open("openai", "Green tea.")).Wait(gate).Frames(OpenAiFrames.Finish(), OpenAiFrames.Done));
        var session = await bot.StartAsync();
        await bot.SayAsync(session, "Which tea?");
        using var first = new RawCaller();
        await ReadUntilAsync(first, await first.AskAsync(bot.Host.Address, StreamMessage(session, accept)), text);

        await AssertOnePieceAsync(bot.Host.Address, StreamMessage(session, accept), text);
        gate.Release();
        await ReadUntilAsync(first, "", "0\r\n\r\n");
        for (var i = 0; i < Times; i++)
        {
            using var late = new RawCaller();
            await ReadUntilAsync(late, await late.AskAsync(bot.Host.Address, StreamMessage(session, accept)), "0\r\n\r\n");

            // The end of a body is a write of its own.
            Assert.InRange(late.Pieces, 1, 2);
        }
    }

    [Fact]
    public async Task A_bots_headers_do_not_wait_for_its_first_token()
    {
        await using var bot = await BotHost.StartAsync();
        var gate = new Gate();
        bot.Provider.Script(OpenAiScripts.Path, Script.Empty.Wait(gate).Status(200).SendHeaders().Frames(OpenAiFrames.Chat("Green tea.")));
        var session = await bot.StartAsync();
        await bot.SayAsync(session, "Which tea?");
        using var caller = new RawCaller();

        var headers = await caller.AskAsync(bot.Host.Address, StreamMessage(session, "*/*"));

        Assert.StartsWith("HTTP/1.1 200 OK", headers, StringComparison.Ordinal);
        gate.Release();
        await ReadUntilAsync(caller, headers, "0\r\n\r\n");
    }

    [Fact]
    public async Task The_greeting_of_an_event_stream_comes_with_its_headers()
    {
        await using var host = await ProxyHost.StartAsync();

        await AssertOnePieceAsync(host.Address, "GET /message/events?app=test HTTP/1.1\r\nHost: localhost\r\n\r\n", "\"connectionId\"");
    }

    [Fact]
    public async Task A_frame_of_a_socket_comes_whole()
    {
        await using var host = await ProxyHost.StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(AnyDialect.Open("openai", "some")).Wait(gate).Frames(OpenAiFrames.Finish(), OpenAiFrames.Done));
        using var page = new RawCaller();
        await ReadUntilAsync(page, await page.AskAsync(host.Address, $"GET /message/connect?app=test HTTP/1.1\r\nHost: localhost\r\n{Upgrade}\r\n"), "\"connectionId\"");
        var before = page.Pieces;

        using var answer = await host.ChatAsync(""" "model":"gpt-fake-1","stream":true """);
        await ReadUntilAsync(page, "", "\"content\":\"some\"");

        Assert.Equal(1, page.Pieces - before);
        gate.Release();
        await ReadUntilAsync(page, "", "\"finish_reason\"");
    }

    private static string StreamMessage(string session, string accept) =>
        $"POST /api/v2/sessions/{session}/streamMessage HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nContent-Length: 0\r\n\r\n";

    private static async Task AssertOnePieceAsync(Uri address, string request, string text)
    {
        for (var i = 0; i < Times; i++)
        {
            using var caller = new RawCaller();
            var first = await caller.AskAsync(address, request);

            Assert.Contains("HTTP/1.1 200 OK", first, StringComparison.Ordinal);
            Assert.Contains(text, first, StringComparison.Ordinal);
            Assert.Equal(1, caller.Pieces);
        }
    }

    private static async Task ReadUntilAsync(RawCaller caller, string seen, string words)
    {
        while (!seen.Contains(words, StringComparison.Ordinal))
        {
            seen += await caller.ReadAsync();
        }
    }
}
