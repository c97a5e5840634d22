namespace BfProxy.Benchmarks;

/// <summary>The same reads as a <see cref="Stream"/>, for parsers that pull.</summary>
internal sealed class ReadsStream(ReadOnlyMemory<byte>[] reads) : Stream
{
    private int _read;
    private int _offset;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_read == reads.Length)
        {
            return 0;
        }

        var rest = reads[_read].Span[_offset..];
        var length = Math.Min(rest.Length, buffer.Length);
        rest[..length].CopyTo(buffer);
        (_read, _offset) = length == rest.Length ? (_read + 1, 0) : (_read, _offset + length);
        return length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
