using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BfProxy.Tests.Forwarding;

/// <summary>What one route holds, all of them hold: they share one way to the providers.</summary>
public sealed class EveryRouteTests
{
    private static readonly string[] Posts = ["stream/create", "llm/query", MatrixHost.Assistants];

    private readonly ManualTimeProvider _time = new();

    public static TheoryData<string, bool> Ways()
    {
        var data = new TheoryData<string, bool> { { MatrixHost.Deliver, true }, { MatrixHost.Sessions, true }, { MatrixHost.Sessions, false } };
        foreach (var route in Posts)
        {
            data.Add(route, true);
            data.Add(route, false);
        }

        return data;
    }

    /// <summary>When callers leave: of a stream they wait for the headers only, but for the reader of a bot, who waits for all of it.</summary>
    public static TheoryData<string, bool, string> Leavings()
    {
        var data = new TheoryData<string, bool, string>();
        foreach (var when in new[] { "before the headers", "before the first token", "in the middle" })
        {
            data.Add(MatrixHost.Sessions, true, when);
            data.Add(MatrixHost.Sessions, false, when);
            foreach (var route in Posts)
            {
                data.Add(route, false, when);
            }
        }

        foreach (var route in Posts.Append(MatrixHost.Deliver))
        {
            data.Add(route, true, "before the headers");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Leavings))]
    public async Task A_caller_who_leaves_cancels_the_provider_at_once(string route, bool stream, string when)
    {
        await using var host = await MatrixHost.StartAsync(route, stream, time: _time);
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, when switch
        {
            "before the headers" => Script.Empty.Wait(gate),
            "before the first token" => Script.Sse(OpenAiFrames.Role()).Wait(gate),
            _ => Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Wait(gate),
        });
        using var leaves = new CancellationTokenSource();

        var asked = host.AskAsync(leaves.Token);
        await gate.ReachedAsync();
        await leaves.CancelAsync();

        // No clock of ours can have done it: time stands still.
        await host.Provider.Requests[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_provider_without_a_token_is_left_by_its_clock_and_sees_it(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream, new() { ["BfProxy:Providers:openai:Timeouts:Idle"] = "00:10:00" }, _time);
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate));

        var asked = host.AskAsync();
        await gate.ReachedAsync();
        await host.Provider.Requests[0].HeadersSent;
        for (var i = 0; i < 130 && !host.Provider.Requests[0].PeerGone.IsCompleted; i++)
        {
            using var live = await host.Proxy.Http.GetAsync(new Uri("health/live", UriKind.Relative));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await host.Provider.Requests[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        var answer = await asked;
        Assert.Equal(route == MatrixHost.Sessions && !stream ? 0 : 504, answer.Error);
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task One_malformed_chunk_is_skipped(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream);
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), "data: {bad\n\n", OpenAiFrames.Delta("fine"), OpenAiFrames.Finish(), OpenAiFrames.Done));

        var answer = await host.AskAsync();

        Assert.Null(answer.Error);
        Assert.Contains("fine", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_answer_cut_by_its_length_ends_once_and_is_no_failure(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream);
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("long"), OpenAiFrames.Finish("length"), OpenAiFrames.Done));

        var answer = await host.AskAsync();

        Assert.Null(answer.Error);
        Assert.Contains("long", answer.Text, StringComparison.Ordinal);
        Assert.Equal(stream ? "length" : null, answer.FinishReason);
    }

    [Fact]
    public async Task No_token_waits_for_Nagle()
    {
        await using var host = await MatrixHost.StartAsync("stream/create", stream: true);

        Assert.True(host.Proxy.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value.NoDelay);
    }

    [Theory]
    [InlineData("retry-after-ms", "7000")]
    [InlineData("Retry-After", "7")]
    public async Task When_to_come_back_is_told_on_each_route(string header, string value)
    {
        foreach (var route in Posts)
        {
            foreach (var stream in new[] { true, false })
            {
                await using var host = await MatrixHost.StartAsync(route, stream);
                host.Provider.Script(OpenAiScripts.Path, Script.Empty.Status(429, "application/json").Header(header, value).Text(OpenAiFrames.ErrorBody("slow down", "rate_limit_error", "rate_limit_exceeded")));

                var answer = await host.AskAsync();

                Assert.Equal((429, TimeSpan.FromSeconds(7)), (answer.Error, answer.RetryAfter));
            }
        }
    }
}
