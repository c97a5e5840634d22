namespace LoadTest.Client;

/// <summary>Bytes waiting to be understood: filled at the end, taken from the front. Starts small, since there are thousands.</summary>
internal sealed class ByteQueue
{
    private byte[] _bytes = new byte[512];
    private int _count;

    public ReadOnlySpan<byte> Waiting => _bytes.AsSpan(0, _count);

    public Memory<byte> Room
    {
        get
        {
            if (_count == _bytes.Length)
            {
                Array.Resize(ref _bytes, _bytes.Length * 2);
            }

            return _bytes.AsMemory(_count);
        }
    }

    public void Filled(int bytes) => _count += bytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (_bytes.Length - _count < bytes.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        bytes.CopyTo(_bytes.AsSpan(_count));
        _count += bytes.Length;
    }

    public void Take(int bytes)
    {
        _count -= bytes;
        if (_count > 0 && bytes > 0)
        {
            _bytes.AsSpan(bytes, _count).CopyTo(_bytes);
        }
    }
}
