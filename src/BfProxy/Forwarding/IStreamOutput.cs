using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Forwarding;

/// <summary>Where the events of a running stream go: to channels, or into one buffered response.</summary>
internal interface IStreamOutput : IStreamSink, IDisposable
{
    bool HasContent { get; }

    /// <summary>Whether the stream's end went out; nothing comes after it.</summary>
    bool IsOver { get; }

    /// <summary>Why the answer is incomplete, else null.</summary>
    BfError? Failure { get; }

    /// <summary>Cancelled when nobody will see more of the stream, which is then to be ended.</summary>
    CancellationToken Abandoned { get; }

    /// <summary>Whose events come from now on. It knows what the stream has cost, which the stream's end is to say, however it comes.</summary>
    void Reads(ResponseReader answer);

    /// <summary>An event that is not the provider's, such as a tool call that a page is to run.</summary>
    /// <param name="json">The whole event object; copied.</param>
    void Event(ReadOnlySpan<byte> json);

    /// <summary>The provider's read is over: what it brought may go out, together.</summary>
    void Flush();

    /// <summary>Somebody stopped the stream; it ends in order, without the provider's own end.</summary>
    void Stopped();
}
