using System.Net.ServerSentEvents;
using System.Text;
using BfProxy.Transforms.Framing;
using FsCheck;
using FsCheck.Fluent;

namespace BfProxy.Transforms.Tests.Framing;

/// <summary>The scanner against the parser of the framework, over streams generated from the grammar and cut at random.</summary>
public sealed class SseOracleTests
{
    [Fact]
    public void Reads_what_the_parser_of_the_framework_reads() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithEndSize(40), Prop.ForAll(EventStreamText.Arbitrary, SameAsOracle));

    private static void SameAsOracle(EventStreamText text)
    {
        var parser = SseParser.Create(new MemoryStream(text.Bytes), (_, data) => Encoding.UTF8.GetString(data));
        var expected = parser.Enumerate().Select(item => item.EventType is "message" or "" ? item.Data : $"{item.EventType}|{item.Data}").ToList();

        var state = new SseScanState(1024 * 1024);
        var frames = new List<string>();
        text.Feed().Into(bytes => Scan.Read(ref state, bytes, frames));

        Assert.Equal(expected, frames);

        // The oracle takes ids and retry times as their lines come, also those of a frame that is never ended.
        SseScanner.TryReadLast(ref state, out _);
        Assert.Equal(parser.LastEventId, Encoding.UTF8.GetString(state.LastEventId));
        Assert.Equal(parser.ReconnectionInterval, state.Retry ?? Timeout.InfiniteTimeSpan);
        state.Dispose();
    }
}
