namespace BfProxy.Tests.Telemetry.Otlp;

/// <summary>An event on a span.</summary>
internal sealed record OtlpSpanEvent(string Name, ulong Time, IReadOnlyDictionary<string, string> Attributes);
