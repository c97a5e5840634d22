using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>The failures of <see cref="FallbackMatrixTests"/> where the model answers in Responses, on OpenAI's own threads, and where a visitor reads lines that know no error.</summary>
public sealed class EveryRouteFailureTests
{
    public static TheoryData<string, string, bool> Every()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (var (failure, _, _) in FallbackMatrixTests.Failures)
        {
            data.Add(failure, MatrixHost.Conversations, true);
            data.Add(failure, MatrixHost.Conversations, false);
            data.Add(failure, MatrixHost.DataStream, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Each_failure_is_told_and_nothing_is_left(string failure, string route, bool stream)
    {
        var (_, code, isRefused) = FallbackMatrixTests.Failures.Single(known => known.Failure == failure);
        await using var host = await MatrixHost.StartAsync(route, stream);
        host.Script(route == MatrixHost.Conversations ? InResponses(failure) : FallbackMatrixTests.Failure(failure));

        var answer = await host.AskAsync();

        var isLate = failure is "reset" or "cut" or "end without its end" or "error after content";
        Assert.Equal(stream && isLate ? "some" : "", answer.Text);
        Assert.Equal(MatrixHost.Tells(route, stream) ? (code, isRefused || !stream) : (0, false), (answer.Error, answer.IsRefused));
        Assert.Single(host.Asked);
        await host.AssertNothingIsLeftAsync();
    }

    private static Script InResponses(string failure) => failure switch
    {
        "gzip" => Script.GzippedSse(ResponsesFrames.Chat("x")),
        "error in band" => Script.Sse(ResponsesFrames.Created(), ResponsesFrames.Error("boom", "server_error")),
        "rate in band" => Script.Sse(ResponsesFrames.Created(), ResponsesFrames.Failed("slow down", "rate_limit_exceeded")),
        "cut before content" => Script.Sse(ResponsesFrames.Created()).Cut(),
        "reset" => Script.Sse(AnyDialect.Open("openai-responses", "some")).Reset(),
        "cut" => Script.Sse(AnyDialect.Open("openai-responses", "some")).Cut(),
        "end without its end" => Script.Sse(AnyDialect.Open("openai-responses", "some")),
        "error after content" => Script.Sse([.. AnyDialect.Open("openai-responses", "some"), ResponsesFrames.Failed("boom", "server_error")]),
        _ => FallbackMatrixTests.Failure(failure),
    };
}
