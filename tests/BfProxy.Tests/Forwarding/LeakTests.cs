using System.Net.NetworkInformation;
using BfProxy.Tests.Channels;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>Whatever a provider does and whenever a caller leaves: buffers, clocks, sockets and streams are back afterwards. Looks at the whole process, and so runs while no other test does.</summary>
[Collection(nameof(MemoryTests))]
public sealed class LeakTests
{
    private const int WarmRounds = 3;
    private const int Rounds = 10;

    public static TheoryData<string, bool> Ways()
    {
        var ways = new TheoryData<string, bool>();
        foreach (var route in FallbackMatrixTests.EveryRoute)
        {
            ways.Add(route, true);
            if (route != MatrixHost.Deliver)
            {
                ways.Add(route, false);
            }
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Nothing_is_kept_of_answers_that_came_broke_or_were_left(string route, bool stream)
    {
        using var buffers = new RentedBuffers();
        await using var host = await MatrixHost.StartAsync(route, stream, new() { ["BfProxy:Bots:shop:StartsPerMinute"] = "100000" });
        await RoundsAsync(host, stream, WarmRounds);
        var (rented, timers, sockets) = (buffers.Out, Timer.ActiveCount, Sockets(host));

        await RoundsAsync(host, stream, Rounds);

        Assert.True(buffers.Rents > Rounds * FallbackMatrixTests.Failures.Length);

        // One that was lost in each round would make ten of them.
        Assert.InRange(buffers.Out - rented, long.MinValue, Rounds - 1);
        Assert.InRange(Timer.ActiveCount - timers, long.MinValue, Rounds - 1);
        Assert.InRange(Sockets(host) - sockets, int.MinValue, Rounds - 1);
        await host.AssertNothingIsLeftAsync();
    }

    private static async Task RoundsAsync(MatrixHost host, bool stream, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (failure, _, _) in FallbackMatrixTests.Failures)
            {
                await AskAsync(host, FallbackMatrixTests.Failure(failure));
            }

            await AskAsync(host, OpenAiScripts.Chat("whole"));
            await AskAsync(host, Script.Sse().ByteByByte(string.Concat(OpenAiFrames.Chat("in pieces"))));
            await AskAsync(host, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).ByteByByte(OpenAiFrames.Delta("half")[..20]).Reset());
            if (!stream)
            {
                await LeaveAsync(host);
            }
        }

        foreach (var request in host.Provider.Requests)
        {
            await request.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private static async Task AskAsync(MatrixHost host, Script script)
    {
        host.Provider.Script(OpenAiScripts.Path, script);
        await host.AskAsync();
        await host.Provider.NextRequestAsync();
    }

    private static async Task LeaveAsync(MatrixHost host)
    {
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Hang());
        using var leaving = new CancellationTokenSource();
        var asking = host.AskAsync(leaving.Token);
        var request = await host.Provider.NextRequestAsync(CancellationToken.None);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await request.PeerGone.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
    }

    /// <summary>Connections to the provider that are open.</summary>
    private static int Sockets(MatrixHost host) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.RemoteEndPoint.Port == host.Provider.BaseAddress.Port && connection.State == TcpState.Established);
}
