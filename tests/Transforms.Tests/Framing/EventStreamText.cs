using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace BfProxy.Transforms.Tests.Framing;

/// <summary>A generated event stream, as lines with their line ends, and the weights of the reads that it comes in.</summary>
internal sealed record EventStreamText(string[] Lines, int[] ReadSizes)
{
    private static readonly Gen<string> s_value = Gen.Elements(
        "", " ", "  two spaces", "x", "some longer text of a frame", "a:b: c", ":", "日本語", "🦊", "\uFEFF", "\0", "id\0", "12", "-7", "{\"a\":\"b\"}");

    private static readonly Gen<string> s_name = Gen.Frequency(
        (6, Gen.Constant("data")),
        (2, Gen.Elements("id", "retry")),
        (1, Gen.Elements("", "Data", "datax", "dat", " data", "\uFEFFdata", "日", "unknown")));

    private static readonly Gen<string> s_field =
        from name in s_name
        from separator in Gen.Elements(":", ": ", ":  ", "")
        from value in s_value
        select separator.Length == 0 ? name : name + separator + value;

    private static readonly Gen<string> s_lineEnd = Gen.Elements("\n", "\r\n", "\r");

    // An event line always has data beside it: the oracle lets the type of a frame without data pass to the next frame, the grammar does not.
    private static readonly Gen<string> s_event =
        from value in s_value
        from lineEnd in s_lineEnd
        from before in Gen.Elements("", "data: before" + lineEnd)
        from after in Gen.Elements("data", "data: after")
        select $"{before}event:{value}{lineEnd}{after}";

    private static readonly Gen<string> s_line =
        from text in Gen.Frequency((6, s_field), (2, s_event), (5, Gen.Constant(string.Empty)))
        from lineEnd in s_lineEnd
        select text + lineEnd;

    private static readonly Gen<EventStreamText> s_stream =
        from mark in Gen.Frequency((3, Gen.Constant(string.Empty)), (1, Gen.Constant("\uFEFF")))
        from lines in Gen.ArrayOf(s_line)
        from end in Gen.Elements("", "data: cut", "\r", "\n")
        from sizes in Gen.NonEmptyListOf(Gen.Choose(1, 24))
        select new EventStreamText([mark, .. lines, end], [.. sizes]);

    public static Arbitrary<EventStreamText> Arbitrary { get; } = Arb.From(s_stream, Smaller);

    public byte[] Bytes => Encoding.UTF8.GetBytes(string.Concat(Lines));

    public StreamFeed Feed()
    {
        var bytes = Bytes;
        var cuts = new List<int>();
        for (var at = ReadSizes[0]; at < bytes.Length; at += ReadSizes[cuts.Count % ReadSizes.Length])
        {
            cuts.Add(at);
        }

        return new StreamFeed(bytes, cuts);
    }

    public override string ToString() =>
        $"{string.Join(' ', Lines.Select(line => JsonSerializer.Serialize(line)))} in reads of {string.Join(',', ReadSizes)}";

    private static IEnumerable<EventStreamText> Smaller(EventStreamText text) =>
        text.Lines.Select((_, index) => text with { Lines = [.. text.Lines.Where((_, other) => other != index)] });
}
