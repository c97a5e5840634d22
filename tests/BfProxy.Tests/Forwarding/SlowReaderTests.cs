using System.Globalization;
using System.Text;
using BfProxy.Tests.Assistants;
using BfProxy.Tests.Host;
using BfProxy.Tests.Sessions;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>Whoever does not read holds up neither the provider nor those who do, on each route that streams. (A portal that hangs: see <see cref="PortalTests"/>.)</summary>
public sealed class SlowReaderTests
{
    /// <summary>More than kernels and queues take for one who does not read.</summary>
    private const int Chunks = 48;
    private const int ChunkLength = 64 * 1024;

    [Theory]
    [InlineData("stream/create", "openai")]
    [InlineData("llm/query", "openai")]
    [InlineData(AssistantHost.Path, "openai")]
    [InlineData("stream/create", "gemini")]
    [InlineData("llm/query", "anthropic")]
    public async Task A_page_that_does_not_read_holds_up_nobody(string route, string provider)
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Providers:openai:Conversations"] = "false" });
        var gates = Gates();
        host.Provider.Script(AnyDialect.Path(provider), Burst(provider, gates));
        using var socket = new RawCaller(receiveBuffer: 4096);
        using var events = new RawCaller(receiveBuffer: 4096);
        await socket.AskAsync(host.Address, "GET /message/connect?app=test HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        await events.AskAsync(host.Address, "GET /message/events?app=test&channel=anonymous HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await using var page = await host.ConnectAsync();

        using var answer = await host.PostAsync(route, ProxyHost.Envelope($""" "provider":"{provider}","model":"{AnyDialect.Model(provider)}","stream":true """));

        var text = new StringBuilder();
        for (var i = 0; i < Chunks; i++)
        {
            await gates[i].ReachedAsync();
            while (text.Length < (i + 1) * ChunkLength)
            {
                text.Append((await page.NextAsync())["event"]!["content"]?.ToString());
            }

            gates[i].Release();
        }

        Assert.Equal("stop", (await page.ReadStreamAsync())[^1]["finish_reason"]!.GetValue<string>());
        Assert.Equal(Whole(), text.ToString()[^Whole().Length..]);
        await host.Provider.Requests[0].Finished.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(host.Provider.Requests[0].PeerGone.IsCompleted);
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("text/event-stream")]
    public async Task A_visitor_of_a_bot_who_does_not_read_holds_up_nobody(string accept)
    {
        await using var bot = await BotHost.StartAsync();
        var gates = Gates();
        bot.Provider.Script(OpenAiScripts.Path, Burst("openai", gates));
        var session = await bot.StartAsync();
        await bot.SayAsync(session, "Which tea?");
        using var stalled = new RawCaller(receiveBuffer: 4096);
        await stalled.AskAsync(bot.Host.Address, $"POST /api/v2/sessions/{session}/streamMessage HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nContent-Length: 0\r\n\r\n");
        using var answer = await bot.OpenStreamAsync(session, accept);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        var text = new StringBuilder();
        var buffer = new char[ChunkLength];
        for (var i = 0; i < Chunks; i++)
        {
            await gates[i].ReachedAsync();
            while (text.Length < (i + 1) * ChunkLength)
            {
                text.Append(buffer, 0, await reader.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
            }

            gates[i].Release();
        }

        text.Append(await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.All(Enumerable.Range(0, Chunks), i => Assert.Contains(Mark(i), text.ToString(), StringComparison.Ordinal));
        await bot.Provider.Requests[0].Finished.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(bot.Provider.Requests[0].PeerGone.IsCompleted);
    }

    [Theory]
    [InlineData("close")]
    [InlineData("keep-alive")]
    public async Task A_long_answer_in_one_piece_reaches_a_caller_who_reads_late_whole(string connection)
    {
        await using var host = await ProxyHost.StartAsync();
        var gates = Gates();
        Array.ForEach(gates, static gate => gate.Release());
        host.Provider.Script(AnyDialect.Path("openai"), Burst("openai", gates));
        var envelope = ProxyHost.Envelope(""" "provider":"openai","model":"gpt-fake-1","stream":false """);
        using var caller = new RawCaller(receiveBuffer: 4096);

        var answer = new StringBuilder(await caller.AskAsync(host.Address, $"POST /stream/create HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\nContent-Type: application/json\r\nContent-Length: {envelope.Length}\r\n\r\n{envelope}"));
        await host.Provider.Requests[0].Finished.WaitAsync(TimeSpan.FromSeconds(30));
        while (answer.Length < Chunks * ChunkLength || answer[^1] != '}')
        {
            var more = await caller.ReadAsync();
            Assert.NotEmpty(more);
            answer.Append(more);
        }

        Assert.StartsWith("HTTP/1.1 201 Created", answer.ToString(), StringComparison.Ordinal);
        Assert.Contains(Whole(), answer.ToString(), StringComparison.Ordinal);
    }

    private static Gate[] Gates() => [.. Enumerable.Range(0, Chunks).Select(static _ => new Gate())];

    /// <summary>Each chunk is read by whoever reads before the next one comes, so that he is never taken for slow himself.</summary>
    private static Script Burst(string provider, Gate[] gates)
    {
        var whole = AnyDialect.Text(provider, "@").ToList();
        var at = whole.FindIndex(static frame => frame.Contains("\"@\"", StringComparison.Ordinal));
        var script = Script.Sse(whole.Take(at));
        foreach (var (i, gate) in gates.Index())
        {
            script = script.Text(whole[at].Replace("\"@\"", $"\"{Chunk(i)}\"", StringComparison.Ordinal)).Wait(gate);
        }

        return script.Frames(whole.Skip(at + 1));
    }

    private static string Mark(int number) => string.Create(CultureInfo.InvariantCulture, $"<{number}>");

    private static string Chunk(int number) => Mark(number) + new string((char)('a' + (number % 26)), ChunkLength - Mark(number).Length);

    private static string Whole() => string.Concat(Enumerable.Range(0, Chunks).Select(Chunk));
}
