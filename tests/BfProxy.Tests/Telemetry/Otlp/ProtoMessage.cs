using System.Buffers.Binary;
using System.Text;

namespace BfProxy.Tests.Telemetry.Otlp;

/// <summary>Any protobuf message, by field numbers; enough to read OTLP.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var (number, content) = (0UL, ReadOnlyMemory<byte>.Empty);
            switch (tag & 7)
            {
                case 0:
                    number = Varint(ref bytes);
                    break;
                case 1:
                    number = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span);
                    break;
                case 2:
                    content = Take(ref bytes, checked((int)Varint(ref bytes)));
                    break;
                case 5:
                    number = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span);
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7}");
            }

            _fields.Add(((int)(tag >> 3), number, content));
        }
    }

    public bool Has(int field) => _fields.Exists(entry => entry.Field == field);

    public ulong Number(int field) => _fields.FindLast(entry => entry.Field == field).Number;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    public ReadOnlyMemory<byte> Bytes(int field) => _fields.FindLast(entry => entry.Field == field).Bytes;

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    public ProtoMessage Message(int field) => new(Bytes(field));

    public IEnumerable<ProtoMessage> Messages(int field) => _fields.Where(entry => entry.Field == field).Select(entry => new ProtoMessage(entry.Bytes));

    /// <summary>Repeated <c>KeyValue</c> as text by key.</summary>
    public IReadOnlyDictionary<string, string> Attributes(int field) =>
        Messages(field).ToDictionary(pair => pair.Text(1), pair => Value(pair.Message(2)), StringComparer.Ordinal);

    /// <summary>An <c>AnyValue</c> as text.</summary>
    public static string Value(ProtoMessage any) =>
        any.Has(2) ? any.Number(2) == 1 ? "true" : "false"
        : any.Has(3) ? FormattableString.Invariant($"{(long)any.Number(3)}")
        : any.Has(4) ? FormattableString.Invariant($"{any.Double(4)}")
        : any.Has(5) ? string.Join(',', any.Message(5).Messages(1).Select(Value))
        : any.Text(1);

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
