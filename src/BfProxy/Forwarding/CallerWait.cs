using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>Waits for a stream as long as its caller does: one who hangs up cancels what he waits for, from the first byte on.</summary>
internal static class CallerWait
{
    /// <summary>What is waited for, or why the stream could not begin.</summary>
    /// <param name="context">The caller's request.</param>
    /// <param name="stream">Null where the node is draining.</param>
    /// <param name="what">What is waited for: the acceptance or the end.</param>
    public static async Task<BfError?> ForAsync(HttpContext context, RunningStream? stream, Func<RunningStream, Task<BfError?>> what)
    {
        if (stream is null)
        {
            return StreamErrors.Draining();
        }

        using (context.RequestAborted.UnsafeRegister(static state => ((RunningStream)state!).End(EndCause.CallerGone), stream))
        {
            return await what(stream);
        }
    }
}
