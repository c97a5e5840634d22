using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>Keeps a plain (not streamed) response as it came, up to a limit.</summary>
internal sealed class PlainResponse(long maxBytes) : ResponseReader
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private bool _complete;
    private BfError? _error;

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    public override BfError? Error => _error;

    public override bool HasContent => _bytes.WrittenCount > 0;

    public override bool IsFinished => _complete || _error is not null;

    public override bool Accepts(string? mediaType) => string.Equals(mediaType, "application/json", StringComparison.OrdinalIgnoreCase);

    public override void Push(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.WrittenCount + bytes.Length > maxBytes)
        {
            _error ??= new BfError { Status = 502, Message = $"The provider's response is larger than {maxBytes} bytes", Kind = BfErrorKind.TooLarge };
            return;
        }

        _bytes.Write(bytes);
    }

    public override void Complete() => _complete = true;

    public override void Fail(BfError error) => _error ??= error;

    public override void Stop() => _error ??= StreamErrors.StoppedBeforeEnd();

    public override void Dispose()
    {
        // The bytes outlive the stream: the caller is still to get them.
    }
}
