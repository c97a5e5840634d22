using System.Runtime.InteropServices;

namespace BfProxy.Channels;

/// <summary>What becomes one frame: one record, or deltas that follow each other.</summary>
/// <param name="Start">Where its first record stands.</param>
/// <param name="Replay">What the cursor walks by.</param>
/// <param name="First">The first record.</param>
/// <param name="LastOffset">Last offset covered.</param>
/// <param name="LastSeq">Last seq covered.</param>
/// <param name="Records">How many records.</param>
/// <param name="Length">Bytes of their payloads.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FrameRun(LogCursor Start, Replay? Replay, LogRecord First, long LastOffset, int LastSeq, int Records, int Length)
{
    public bool IsRolledUp => LastOffset > First.Offset;
}
