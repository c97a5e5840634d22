using System.Text;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Tests.Framing;

/// <summary>Collects what the scanner reads of a feed, as text.</summary>
internal static class Scan
{
    /// <summary>The dispatched frames, as <c>type|data</c>; without the bar where no type was named. Ends with <c>too large</c> where it was.</summary>
    public static List<string> Frames(StreamFeed feed, int maxFrameBytes = 1024 * 1024)
    {
        var state = new SseScanState(maxFrameBytes);
        var frames = new List<string>();
        feed.Into(bytes => Read(ref state, bytes, frames));
        state.Dispose();
        return frames;
    }

    /// <summary>The same with what the end of the stream adds.</summary>
    public static List<string> FramesToTheEnd(StreamFeed feed)
    {
        var state = new SseScanState(1024 * 1024);
        var frames = new List<string>();
        feed.Into(bytes => Read(ref state, bytes, frames));
        if (SseScanner.TryReadLast(ref state, out var last))
        {
            frames.Add(Text(last));
        }

        Assert.False(SseScanner.TryReadLast(ref state, out _));
        state.Dispose();
        return frames;
    }

    public static void Read(ref SseScanState state, ReadOnlySpan<byte> bytes, List<string> frames)
    {
        var scanner = new SseScanner(ref state, bytes);
        SseScanStatus status;
        while ((status = scanner.Read(out var frame)) == SseScanStatus.Frame)
        {
            frames.Add(Text(frame));
        }

        if (status == SseScanStatus.TooLarge && frames is not [.., "too large"])
        {
            frames.Add("too large");
        }
    }

    private static string Text(in SseFrame frame)
    {
        var data = Encoding.UTF8.GetString(frame.Data);
        return frame.EventType.IsEmpty ? data : $"{Encoding.UTF8.GetString(frame.EventType)}|{data}";
    }
}
