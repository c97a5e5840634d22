using System.Buffers;

namespace BfProxy.Channels;

/// <summary>A connection's buffer for the frame being sent, from the pool while it is busy only: an idle connection holds none.</summary>
internal struct FrameBuffer
{
    private byte[]? _bytes;

    /// <summary>The frame's bytes, valid until the next call.</summary>
    public PreparedFrame Write(Channel channel, in FrameRun run)
    {
        var length = PreparedFrame.HeaderRoom + FrameWriter.MaxLength(channel, run);
        if (_bytes is null || _bytes.Length < length)
        {
            Release();
            _bytes = ArrayPool<byte>.Shared.Rent(length);
        }

        return PreparedFrame.Prepare(_bytes, FrameWriter.Write(_bytes.AsSpan(PreparedFrame.HeaderRoom), channel, run));
    }

    public void Release()
    {
        if (_bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = null;
        }
    }
}
