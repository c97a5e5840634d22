using System.Text;
using BfProxy.Channels;
using BfProxy.Channels.Sockets;
using BfProxy.Forwarding;
using BfProxy.Tests.Channels;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;
using FakeProvider.Shapes;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Tests.Forwarding;

/// <summary>From the provider's bytes to the socket's SendAsync: nothing is allocated but the log's own bytes.</summary>
public sealed class AllocationTests
{
    private const int Deltas = 10_000;

    /// <summary>A record and a token in the log, and the slack of its segments.</summary>
    private const int LogBytesPerDelta = 80;

    [Theory]
    [InlineData("openai")]
    [InlineData("gemini")]
    public void A_delta_allocates_no_more_than_its_place_in_the_log(string dialect)
    {
        using var hub = new TestHub();
        var wire = new SinkSocket();
        var connection = new Connection("1", new WebSocketTransport(wire, new HttpRequestLifetimeFeature(), null), hub.Hub.State);
        connection.Post(new OutboxItem("{}"u8.ToArray(), Starts: [hub.Hub.Join(TestHub.Scope, "c", connection, null)]));
        var frame = Encoding.UTF8.GetBytes(dialect == "openai" ? OpenAiFrames.Delta(" word") : GeminiFrames.Text(" word"));
        var reader = DialectCatalog.Find(dialect)!.CreateReader(aggregate: false);
        using var response = new EventStreamResponse(new ChannelOutput(hub.Open("s", "c"), showProviderWords: false), reader, new StreamLimits { MaxResponseBytes = long.MaxValue });
        Push(response, frame, 1_000);

        var least = long.MaxValue;
        for (var pass = 0; pass < 3; pass++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Push(response, frame, Deltas);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(least <= Deltas * LogBytesPerDelta, $"{(double)least / Deltas:0.0} bytes a delta");
        Assert.Equal(1 + 1_000 + (3 * Deltas), wire.Frames);
        Assert.Null(connection.End);
    }

    private static void Push(EventStreamResponse response, byte[] frame, int count)
    {
        for (var i = 0; i < count; i++)
        {
            response.Push(frame);
        }
    }
}
