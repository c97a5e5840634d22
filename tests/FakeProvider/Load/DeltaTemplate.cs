using System.Globalization;
using System.Text;
using FakeProvider.Shapes;

namespace FakeProvider.Load;

/// <summary>An HTTP chunk that holds one delta, of which only the mark changes. Used by one thread.</summary>
internal sealed class DeltaTemplate
{
    private readonly byte[] _chunk;
    private readonly int _markAt;

    public DeltaTemplate()
    {
        var room = new string((char)LoadMark.Ordinary, LoadMark.Length);
        var frame = OpenAiFrames.Delta(room);
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
