using System.Text.Json;

namespace BfProxy.Transforms.Dialects;

/// <summary>A JSON string that grows by pieces of its inside. It stays escaped as the provider wrote it, so every character comes out as it came in.</summary>
internal sealed class GrowingString
{
    // The opening quote, the inside, and always room for the closing quote.
    private byte[] _quoted = [(byte)'"', 0];
    private int _length = 1;

    public bool IsEmpty => _length == 1;

    public ReadOnlySpan<byte> Inside => _quoted.AsSpan(1, _length - 1);

    public void Append(ReadOnlySpan<byte> inside)
    {
        var needed = _length + inside.Length + 1;
        if (needed > _quoted.Length)
        {
            Array.Resize(ref _quoted, Math.Max(needed, _quoted.Length * 2));
        }

        inside.CopyTo(_quoted.AsSpan(_length));
        _length += inside.Length;
    }

    public void Write(Utf8JsonWriter writer)
    {
        _quoted[_length] = (byte)'"';
        writer.WriteRawValue(_quoted.AsSpan(0, _length + 1), skipInputValidation: true);
    }
}
