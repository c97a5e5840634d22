using System.Buffers;

namespace BfProxy.Channels.Sockets;

/// <summary>Bytes gathered for one send, from the pool while there are any: an idle connection holds none.</summary>
internal struct SendBuffer()
{
    private const int MinBytes = 4 * 1024;

    private byte[] _bytes = [];
    private int _length;

    public readonly bool IsEmpty => _length == 0;

    public readonly int Length => _length;

    public readonly ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Room behind what is written, for at least so many bytes.</summary>
    public Memory<byte> GetMemory(int bytes)
    {
        if (_bytes.Length - _length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(MinBytes, Math.Max(_length + bytes, _length * 2)));
            Written.CopyTo(larger);
            Return();
            _bytes = larger;
        }

        return _bytes.AsMemory(_length);
    }

    public void Advance(int bytes)
    {
        if ((uint)bytes > (uint)(_bytes.Length - _length))
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "More was written than there was room for");
        }

        _length += bytes;
    }

    public void Append(ReadOnlyMemory<byte> bytes)
    {
        bytes.CopyTo(GetMemory(bytes.Length));
        Advance(bytes.Length);
    }

    /// <summary>Hands all of it over and is empty; whoever takes it releases it.</summary>
    public SendBuffer Take()
    {
        var taken = this;
        this = new();
        return taken;
    }

    public void Release()
    {
        Return();
        this = new();
    }

    private readonly void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
