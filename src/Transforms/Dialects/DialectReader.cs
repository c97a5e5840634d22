using System.Buffers;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Dialects;

/// <summary>
/// Reads the frames of one provider stream and tells a sink what they mean. Holds the state of one attempt; used by one thread at a time.
/// Emits exactly one <see cref="IStreamSink.End"/> or <see cref="IStreamSink.Error"/>, at the latest in <see cref="Complete"/>.
/// </summary>
public abstract class DialectReader
{
    /// <summary>
    /// Whether the request offered deprecated <c>functions</c>, so that the completion names the first call <c>function_call</c>.
    /// Further calls have no place in that form and stay <c>tool_calls</c>. Events do not differ.
    /// </summary>
    public bool UsesFunctions { get; set; }

    /// <summary>Reads one frame. After the terminal call, further frames are ignored.</summary>
    /// <returns>False where the frame is not of the provider's format; it was skipped and changed nothing.</returns>
    public abstract bool TryRead(in SseFrame frame, IStreamSink sink);

    /// <summary>The provider closed the stream. Without its own end before, that is an error (<c>Truncated</c>).</summary>
    public abstract void Complete(IStreamSink sink);

    /// <summary>
    /// Writes the one <c>chat.completion</c> object that the stream amounts to. Only for a reader made with <c>aggregate</c>, after <see cref="IStreamSink.End"/>.
    /// </summary>
    public abstract void WriteCompletion(IBufferWriter<byte> output);
}
