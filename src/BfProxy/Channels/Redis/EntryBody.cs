using System.Text;

namespace BfProxy.Channels.Redis;

/// <summary>
/// What a publisher says: <c>flags · length and text of stream id · of action name · records</c>, each record <c>deltas · length · payload</c>.
/// Lengths and counts are LEB128. Reads what <see cref="Batch"/> writes.
/// </summary>
internal ref struct EntryBody
{
    public const byte Closes = 1;
    public const byte HasAction = 2;

    private ReadOnlySpan<byte> _rest;

    public EntryBody(ReadOnlySpan<byte> bytes)
    {
        _rest = bytes;
        var flags = _rest.IsEmpty ? (byte)0 : _rest[0];
        _rest = _rest.IsEmpty ? _rest : _rest[1..];
        StreamId = Encoding.UTF8.GetString(TakeText());
        var action = TakeText();
        ActionName = (flags & HasAction) == 0 ? null : Encoding.UTF8.GetString(action);
        IsLast = (flags & Closes) != 0;
    }

    /// <summary>Empty for a visitor's message.</summary>
    public string StreamId { get; }

    public string? ActionName { get; }

    /// <summary>Whether the stream is over with it.</summary>
    public bool IsLast { get; }

    /// <summary>The next record; false at the end, and where the bytes break off.</summary>
    public bool TryTake(out int deltas, out ReadOnlySpan<byte> payload)
    {
        deltas = 0;
        payload = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        deltas = TakeNumber();
        payload = TakeText();
        return true;
    }

    private ReadOnlySpan<byte> TakeText()
    {
        var length = Math.Min(TakeNumber(), _rest.Length);
        var text = _rest[..length];
        _rest = _rest[length..];
        return text;
    }

    private int TakeNumber()
    {
        var (value, shift) = (0, 0);
        while (!_rest.IsEmpty && shift < 28)
        {
            var part = _rest[0];
            _rest = _rest[1..];
            value |= (part & 0x7F) << shift;
            if (part < 0x80)
            {
                break;
            }

            shift += 7;
        }

        return value;
    }
}
