namespace BfProxy.Tests.Telemetry.Otlp;

/// <summary>A log record as a collector gets it.</summary>
internal sealed record OtlpLog(string Scope, string Severity, string Body, IReadOnlyDictionary<string, string> Attributes, string Trace)
{
    public static OtlpLog Read(string scope, ProtoMessage log) => new(scope, log.Text(3), ProtoMessage.Value(log.Message(5)), log.Attributes(6), log.Hex(9));
}
