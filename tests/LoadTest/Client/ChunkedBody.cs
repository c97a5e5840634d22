using System.Buffers.Text;

namespace LoadTest.Client;

/// <summary>Takes HTTP/1.1 chunk framing off. State of one body; a chunk may come in pieces.</summary>
internal struct ChunkedBody
{
    private const int LineEnd = 2;

    // What is left of the chunk, its line end included.
    private int _left;
    private bool _isLast;

    /// <summary>The final chunk has come, with its blank line.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Appends the data to the body; returns how many bytes of the input are used up.</summary>
    public int Decode(ReadOnlySpan<byte> input, ByteQueue body)
    {
        var used = 0;
        while (!IsOver)
        {
            if (_left == 0)
            {
                var line = ReadSize(input[used..], out var size);
                if (line == 0)
                {
                    break;
                }

                used += line;
                _isLast = size == 0;
                _left = size + LineEnd;
                continue;
            }

            var data = Math.Min(_left - LineEnd, input.Length - used);
            if (data > 0)
            {
                body.Append(input.Slice(used, data));
                used += data;
                _left -= data;
                continue;
            }

            var ends = Math.Min(_left, input.Length - used);
            if (ends <= 0)
            {
                break;
            }

            used += ends;
            _left -= ends;
            IsOver = _isLast && _left == 0;
        }

        return used;
    }

    private static int ReadSize(ReadOnlySpan<byte> input, out int size)
    {
        size = 0;
        var end = input.IndexOf("\r\n"u8);
        if (end < 0 || !Utf8Parser.TryParse(input[..end], out size, out _, 'x'))
        {
            return 0;
        }

        return end + LineEnd;
    }
}
