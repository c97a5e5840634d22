using BfProxy.Channels;

namespace BfProxy.Tests.Channels;

/// <summary>Looks at the whole process's memory, and so runs while no other test does.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    [Fact]
    public async Task A_stalled_reader_pins_no_more_than_its_limit()
    {
        using var hub = new TestHub(options => options.MaxLagBytes = 1024 * 1024);
        var stalled = hub.Connect();
        var subscription = (Subscription?)stalled.Join("c");
        stalled.Wire.Hold();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var stream = hub.Open("s", "c");
        var chunk = new byte[1_000];
        chunk.AsSpan().Fill((byte)'x');
        for (var i = 0; i < 50_000; i++)
        {
            stream.Delta(chunk);
            stream.Flush();
            if (stalled.Connection.End is not null && !stalled.Wire.IsAborted)
            {
                Assert.InRange(i, 900, 1_100);
                hub.Time.Advance(TimeSpan.FromSeconds(6));
                await stalled.Drain;
                subscription!.Channel.Leave(subscription);
                subscription = null;
            }
        }

        Assert.True(stalled.Wire.IsAborted);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8_000_000);
        GC.KeepAlive(stalled);
    }
}
