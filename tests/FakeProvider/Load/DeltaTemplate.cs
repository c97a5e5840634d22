using System.Globalization;
using System.Text;

namespace FakeProvider.Load;

/// <summary>An HTTP chunk that holds one delta, of which only the mark changes. Used by one thread.</summary>
internal sealed class DeltaTemplate
{
    private readonly byte[] _chunk;
    private readonly int _markAt;

    /// <summary>Reads where the mark goes.</summary>
    /// <param name="frame">A frame in ASCII whose text is as long as a mark and made of its first character.</param>
    public DeltaTemplate(string frame)
    {
        _chunk = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{frame.Length:x}\r\n{frame}\r\n"));
        _markAt = _chunk.AsSpan().IndexOf(LoadMark.Ordinary);
    }

    /// <summary>The bytes for the wire, good until the next call.</summary>
    public ReadOnlySpan<byte> Fill(LoadMark mark)
    {
        mark.Write(_chunk.AsSpan(_markAt));
        return _chunk;
    }
}
