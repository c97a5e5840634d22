namespace BfProxy.Tests.Telemetry.Otlp;

/// <summary>A span as a collector gets it.</summary>
internal sealed record OtlpSpan(string Scope, string Trace, string Id, string Parent, string Name, ulong Start, ulong End, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<OtlpSpanEvent> Events, IReadOnlyList<string> LinkedTraces, ulong Status)
{
    public static OtlpSpan Read(string scope, ProtoMessage span) => new(
        scope, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(7), span.Number(8), span.Attributes(9),
        [.. span.Messages(11).Select(entry => new OtlpSpanEvent(entry.Text(2), entry.Number(1), entry.Attributes(3)))],
        [.. span.Messages(13).Select(link => link.Hex(1))],
        span.Message(15).Number(3));
}
