using System.Globalization;
using System.Text.RegularExpressions;
using BfProxy.Forwarding;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Forwarding;

/// <summary>Answers in the oddest pieces, answers without an end, and a node that goes meanwhile: the same on each route.</summary>
public sealed partial class EveryRouteStrainTests
{
    private const string Words = "Grüße 🍵 日本 naïve";

    public static TheoryData<string, bool> Ways() => MatrixHost.Ways();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Events_byte_by_byte_with_other_line_ends_and_no_space_mean_the_same(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream);
        var events = Decoded(string.Concat(AnyDialect.Text(host.Dialect, Words)))
            .Replace("\n", "\r\n", StringComparison.Ordinal)
            .Replace("data: ", "data:", StringComparison.Ordinal)
            .Replace("event: ", "event:", StringComparison.Ordinal);
        host.Script(Script.Sse().ByteByByte(events));

        var answer = await host.AskAsync();

        Assert.Null(answer.Error);
        Assert.Contains(Words, Decoded(answer.Text), StringComparison.Ordinal);
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_answer_beyond_its_limit_is_given_up_and_its_provider_left(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream, new() { ["BfProxy:Providers:openai:MaxResponseBytes"] = "4096" });
        host.Script(Script.Sse(AnyDialect.Open(host.Dialect, "some")).Frames(AnyDialect.Open(host.Dialect, new string('x', 8192))).Hang());

        var answer = await host.AskAsync();

        Assert.Equal(MatrixHost.Tells(route, stream) ? 502 : 0, answer.Error);
        await host.Asked[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_node_that_goes_lets_its_answers_finish(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream, new() { ["BfProxy:DrainTimeout"] = "00:10:00" });
        var gate = new Gate();
        host.Script(Script.Sse(AnyDialect.Open(host.Dialect, "some")).Wait(gate).Frames(AnyDialect.Text(host.Dialect, " and the rest").Skip(host.Dialect == "openai" ? 1 : 0)));

        var asked = host.AskAsync();
        await gate.ReachedAsync();
        var going = host.Proxy.StopAsync();
        Assert.True(SpinWait.SpinUntil(() => host.Proxy.Services.GetRequiredService<RunningStreams>().IsDraining, TimeSpan.FromSeconds(30)));
        gate.Release();
        var answer = await asked;
        await host.ClosePageAsync();
        await going;

        Assert.Null(answer.Error);
        Assert.Contains("some and the rest", answer.Text, StringComparison.Ordinal);
        Assert.Equal(0, host.Proxy.Services.GetRequiredService<RunningStreams>().Count);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_node_that_goes_ends_by_name_what_does_not_finish_in_time(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream, new() { ["BfProxy:DrainTimeout"] = "00:00:00" });
        var gate = new Gate();
        host.Script(Script.Sse(AnyDialect.Open(host.Dialect, "some")).Wait(gate));

        var asked = host.AskAsync();
        await gate.ReachedAsync();
        var going = host.Proxy.StopAsync();
        var answer = await asked;
        await host.ClosePageAsync();
        await going;

        Assert.Equal(MatrixHost.Tells(route, stream) ? 503 : 0, answer.Error);
        if (MatrixHost.Tells(route, stream))
        {
            Assert.Equal("server going away", answer.Words);
        }

        await host.Asked[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, host.Proxy.Services.GetRequiredService<RunningStreams>().Count);
    }

    /// <summary>With the characters themselves where JSON has them as numbers.</summary>
    private static string Decoded(string json) => Escape().Replace(json, static match => ((char)int.Parse(match.Groups["code"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());

    [GeneratedRegex("""\\u(?<code>[0-9a-fA-F]{4})""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Escape();
}
