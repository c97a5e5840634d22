using BfProxy.Channels;

namespace BfProxy.Forwarding;

/// <summary>Publishes a stream to two places.</summary>
internal sealed class PairedPublisher(IStreamPublisher first, IStreamPublisher second) : IStreamPublisher
{
    public string StreamId => first.StreamId;

    public CancellationToken Abandoned => first.Abandoned;

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        first.Delta(escapedText);
        second.Delta(escapedText);
    }

    public void Event(ReadOnlySpan<byte> eventJson)
    {
        first.Event(eventJson);
        second.Event(eventJson);
    }

    public void Flush()
    {
        first.Flush();
        second.Flush();
    }

    public void Close()
    {
        first.Close();
        second.Close();
    }
}
