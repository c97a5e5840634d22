using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>A value that is replaced as a whole and written as it was sent.</summary>
internal sealed class MergedRaw : MergedNode
{
    private byte[] _json = [];

    public bool IsNull => _json.AsSpan().SequenceEqual("null"u8);

    public override bool Takes(ReadOnlySpan<byte> value) => value[0] != '{' || _json.Length == 0;

    public override void Merge(ReadOnlySpan<byte> value, MergeRule rule) => Set(value);

    public void Set(ReadOnlySpan<byte> value)
    {
        if (!value.SequenceEqual(_json))
        {
            _json = value.ToArray();
        }
    }

    public override void Write(Utf8JsonWriter writer) => writer.WriteRawValue(_json, skipInputValidation: true);
}
