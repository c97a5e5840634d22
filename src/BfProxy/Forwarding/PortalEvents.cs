using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>Events of one stream that wait to be sent, in order. Text that stands side by side is one delta. Used by one thread at a time.</summary>
/// <param name="maxBytes">Most bytes that wait.</param>
internal sealed class PortalEvents(long maxBytes)
{
    private readonly Queue<(bool IsText, ArrayBufferWriter<byte> Bytes)> _waiting = new();
    private ArrayBufferWriter<byte>? _openText;
    private long _bytes;

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Adds text, copied; false where there is no room for it.</summary>
    public bool TryAddText(ReadOnlySpan<byte> escapedText)
    {
        if (_bytes + escapedText.Length > maxBytes)
        {
            return false;
        }

        if (_openText is null)
        {
            _openText = new ArrayBufferWriter<byte>();
            _waiting.Enqueue((IsText: true, _openText));
        }

        _openText.Write(escapedText);
        _bytes += escapedText.Length;
        return true;
    }

    /// <summary>Adds an event, copied. There are few of them in a stream, and the last one must not be missing: they always have room.</summary>
    public void AddEvent(ReadOnlySpan<byte> eventJson)
    {
        var json = new ArrayBufferWriter<byte>(eventJson.Length);
        json.Write(eventJson);
        _openText = null;
        _waiting.Enqueue((IsText: false, json));
        _bytes += eventJson.Length;
    }

    /// <summary>Whether the next event is a delta.</summary>
    public bool NextIsText() => _waiting.Peek().IsText;

    /// <summary>The next event as it stands, where it is not text.</summary>
    public ReadOnlySpan<byte> PeekEvent() => _waiting.Peek().Bytes.WrittenSpan;

    /// <summary>Takes the next event and writes it as JSON.</summary>
    public void Take(IBufferWriter<byte> output)
    {
        var (isText, bytes) = _waiting.Dequeue();
        _bytes -= bytes.WrittenCount;
        if (!isText)
        {
            output.Write(bytes.WrittenSpan);
            return;
        }

        if (bytes == _openText)
        {
            _openText = null;
        }

        BfEventWriter.WriteDelta(output, bytes.WrittenSpan);
    }
}
