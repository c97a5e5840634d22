using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>What one route holds, all of them hold: they share one way to the providers.</summary>
public sealed class EveryRouteTests
{
    private static readonly string[] Posts = ["stream/create", "llm/query", MatrixHost.Assistants, MatrixHost.Conversations];

    private readonly ManualTimeProvider _time = new();

    public static TheoryData<string, bool> Ways() => MatrixHost.Ways();

    /// <summary>When callers leave: of a stream they wait for the headers only, but for the reader of a bot, who waits for all of it.</summary>
    public static TheoryData<string, bool, string> Leavings()
    {
        var data = new TheoryData<string, bool, string>();
        foreach (var when in new[] { "before the headers", "before the first token", "in the middle" })
        {
            data.Add(MatrixHost.Sessions, true, when);
            data.Add(MatrixHost.DataStream, true, when);
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
        host.Script(when switch
        {
            "before the headers" => Script.Empty.Wait(gate),
            "before the first token" => Script.Sse(AnyDialect.Open(host.Dialect, "").Take(1)).Wait(gate),
            _ => Script.Sse(AnyDialect.Open(host.Dialect, "some")).Wait(gate),
        });
        using var leaves = new CancellationTokenSource();

        var asked = host.AskAsync(leaves.Token);
        await gate.ReachedAsync();
        await leaves.CancelAsync();

        // No clock of ours can have done it: time stands still.
        await host.Asked[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task One_malformed_chunk_is_skipped(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream);
        host.Script(Script.Sse(["data: {bad\n\n", .. AnyDialect.Text(host.Dialect, "fine")]));

        var answer = await host.AskAsync();

        Assert.Null(answer.Error);
        Assert.Contains("fine", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_answer_cut_by_its_length_ends_once_and_is_no_failure(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream);
        host.Script(route == MatrixHost.Conversations
            ? Script.Sse([.. AnyDialect.Open(host.Dialect, "long"), ResponsesFrames.Incomplete("max_output_tokens")])
            : Script.Sse([.. AnyDialect.Open(host.Dialect, "long"), OpenAiFrames.Finish("length"), OpenAiFrames.Done]));

        var answer = await host.AskAsync();

        Assert.Null(answer.Error);
        Assert.Contains("long", answer.Text, StringComparison.Ordinal);
        Assert.Equal(stream && MatrixHost.Tells(route, stream) ? "length" : null, answer.FinishReason);
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
                host.Script(Script.Empty.Status(429, "application/json").Header(header, value).Text(OpenAiFrames.ErrorBody("slow down", "rate_limit_error", "rate_limit_exceeded")));

                var answer = await host.AskAsync();

                Assert.Equal((429, TimeSpan.FromSeconds(7)), (answer.Error, answer.RetryAfter));
            }
        }
    }
}
