using System.Buffers;

namespace BfProxy.Transforms.Framing;

/// <summary>
/// Bytes gathered in an array of the shared pool, rented at the first append and given back by <see cref="Dispose"/>.
/// A mutable struct: it lives in a field and is never copied.
/// </summary>
internal struct PooledBytes : IDisposable
{
#if DEBUG
    private const int InitialSize = 16; // The pool's smallest, so that growth runs in every test.
#else
    private const int InitialSize = 1024;
#endif

    private byte[]? _array;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _array.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var length = Length + bytes.Length;
        if (_array is null || _array.Length < length)
        {
            Grow(length);
        }

        bytes.CopyTo(_array.AsSpan(Length));
        Length = length;
    }

    /// <summary>Forgets the bytes and keeps the array.</summary>
    public void Clear() => Length = 0;

    public void Dispose()
    {
        var array = _array;
        _array = null;
        Length = 0;
        if (array is not null)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(InitialSize, Length * 2)));
        Written.CopyTo(larger);
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }
}
