using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>
/// The four clocks on each route, streaming and not, each by its own name. In each test the other clocks are hours long: only the one that is meant can end
/// the attempt, however late the application comes to look at what the provider sent.
/// </summary>
public sealed class EveryRouteClockTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();

    public static TheoryData<string, bool> Ways() => MatrixHost.Ways();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_connection_that_never_stands_is_given_up_by_the_connect_clock(string route, bool stream)
    {
        await using var deaf = new DeafServer();
        await using var host = await MatrixHost.StartAsync(
            route,
            stream,
            new() { ["BfProxy:Providers:openai:Timeouts:Connect"] = "00:00:00.2", ["ReverseProxy:Clusters:openai:Destinations:primary:Address"] = deaf.Address },
            _time);

        var answer = await host.AskAsync();

        // The HTTP client's own clock; ours stand still.
        await AssertToldAsync(host, answer, "Connect", route, stream);
        await deaf.Left;
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_provider_that_pings_and_thinks_for_ever_is_left_by_the_first_token_clock(string route, bool stream)
    {
        await using var host = await StartAsync(route, stream, "FirstToken", "00:10:00");
        var gates = Gates(20);
        host.Script(Thinking(host.Dialect, gates).Hang());

        var asked = host.AskAsync();
        foreach (var gate in gates)
        {
            await gate.ReachedAsync();
            await host.AdvanceAsync(_time, Step);
            gate.Release();
        }

        // Ten minutes after the attempt began, to the second; afterwards time stands still, so that nothing else runs out of it.
        _time.Advance(TimeSpan.FromSeconds(1));
        await host.Asked[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        await AssertToldAsync(host, await asked, "FirstToken", route, stream);
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Silence_before_the_headers_is_ended_by_the_first_token_clock(string route, bool stream)
    {
        await using var host = await StartAsync(route, stream, "FirstToken", "00:00:10");

        await AssertLeftAsync(host, gate => Script.Empty.Wait(gate), "FirstToken", route, stream);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Silence_after_the_headers_is_ended_by_the_idle_clock(string route, bool stream)
    {
        await using var host = await StartAsync(route, stream, "Idle", "00:00:10");

        await AssertLeftAsync(host, gate => Script.Sse().Wait(gate), "Idle", route, stream);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_stall_in_the_middle_is_ended_by_the_idle_clock(string route, bool stream)
    {
        await using var host = await StartAsync(route, stream, "Idle", "00:00:10");

        var answer = await AssertLeftAsync(host, gate => Script.Sse(AnyDialect.Open(host.Dialect, "some")).Wait(gate), "Idle", route, stream);

        Assert.Equal(stream ? "some" : "", stream ? answer.Text : "");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_answer_that_takes_too_long_is_ended_by_the_total_clock(string route, bool stream)
    {
        await using var host = await StartAsync(route, stream, "Total", "00:00:10");

        var answer = await AssertLeftAsync(host, gate => Script.Sse(AnyDialect.Open(host.Dialect, "some")).Wait(gate), "Total", route, stream);

        Assert.Equal(stream ? "some" : "", stream ? answer.Text : "");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Pings_and_thinking_reset_the_idle_clock(string route, bool stream)
    {
        await using var host = await StartAsync(route, stream, "Idle", "00:10:00");
        var gates = Gates(25);
        host.Script(Thinking(host.Dialect, gates).Frames(AnyDialect.Text(host.Dialect, "whole")));

        var asked = host.AskAsync();
        foreach (var gate in gates)
        {
            // In all more than twelve minutes; none of the bytes may be seen ten minutes late, so each is waited for: whoever reads it asks for the time.
            await gate.ReachedAsync();
            await host.AdvanceAsync(_time, Step);
            var before = _time.Timestamps;
            gate.Release();
            await _time.TimestampAsync(before);
        }

        var answer = await asked;
        Assert.Null(answer.Error);
        Assert.Contains("whole", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_thread_that_OpenAI_does_not_come_to_make_is_given_up_by_the_same_clocks(bool sendsHeaders)
    {
        var clock = sendsHeaders ? "Idle" : "FirstToken";
        await using var host = await StartAsync(MatrixHost.Conversations, stream: true, clock, "00:00:10");
        var gate = new Gate();
        host.Provider.Script("/v1/conversations", sendsHeaders ? Script.Empty.Status(200, "application/json").SendHeaders().Wait(gate) : Script.Empty.Wait(gate));

        var asked = host.AskAsync();
        await gate.ReachedAsync();
        await host.AdvanceUntilAsync(_time, host.Provider.Requests[0].PeerGone);

        var answer = await asked;
        Assert.Equal((504, true), (answer.Error, answer.IsRefused));
        Assert.Contains($"({clock} clock)", answer.Words, StringComparison.Ordinal);
        Assert.Empty(host.Asked);
        await host.AssertNothingIsLeftAsync();
    }

    private static Gate[] Gates(int count) => [.. Enumerable.Range(0, count).Select(static _ => new Gate())];

    /// <summary>Headers, and behind each gate a sign of life that is no content.</summary>
    private static Script Thinking(string dialect, Gate[] gates) =>
        gates.Index().Aggregate(Script.Sse(), (script, gate) => script.Wait(gate.Item).Text(gate.Index % 2 == 0 ? ": ping\n\n" : Thought(dialect)));

    private static string Thought(string dialect) => dialect == "openai-responses"
        ? "event: response.reasoning_summary_text.delta\ndata: {\"type\":\"response.reasoning_summary_text.delta\",\"item_id\":\"rs_1\",\"output_index\":0,\"summary_index\":0,\"delta\":\"hm\",\"sequence_number\":1}\n\n"
        : "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"model\":\"gpt-fake-1\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\"},\"finish_reason\":null}]}\n\n";

    /// <summary>What was to be told was told where the route tells failures, and stands in the log anyway.</summary>
    private static async Task AssertToldAsync(MatrixHost host, MatrixAnswer answer, string clock, string route, bool stream)
    {
        await host.Proxy.LoggedAsync($"({clock} clock)");
        if (!MatrixHost.Tells(route, stream))
        {
            Assert.Equal(0, answer.Error);
            return;
        }

        Assert.Equal(504, answer.Error);
        Assert.Contains($"({clock} clock)", answer.Words, StringComparison.Ordinal);
    }

    private async Task<MatrixAnswer> AssertLeftAsync(MatrixHost host, Func<Gate, Script> script, string clock, string route, bool stream)
    {
        var gate = new Gate();
        host.Script(script(gate));

        var asked = host.AskAsync();
        await gate.ReachedAsync();
        await host.AdvanceUntilAsync(_time, host.Asked[0].PeerGone);

        var answer = await asked;
        await AssertToldAsync(host, answer, clock, route, stream);
        await host.AssertNothingIsLeftAsync();
        return answer;
    }

    private Task<MatrixHost> StartAsync(string route, bool stream, string clock, string time)
    {
        var settings = new[] { "FirstToken", "Idle", "Total" }.ToDictionary(static name => $"BfProxy:Providers:openai:Timeouts:{name}", name => name == clock ? time : "10:00:00", StringComparer.Ordinal);
        return MatrixHost.StartAsync(route, stream, settings!, _time);
    }
}
