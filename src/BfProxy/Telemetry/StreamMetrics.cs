using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BfProxy.Telemetry;

/// <summary>Meter and activity source <c>BfProxy</c>: the GenAI semantic conventions, and what is our own under <c>bfproxy.*</c>. Tags hold few values; never keys, prompts or completions.</summary>
internal sealed class StreamMetrics : IDisposable
{
    public const string Name = "BfProxy";

    private static readonly double[] DurationBounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly double[] FirstTokenBounds = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
    private static readonly long[] TokenBounds = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<long> _tokens;
    private readonly UpDownCounter<long> _running;
    private readonly Counter<long> _malformed;

    public StreamMetrics()
    {
        _duration = _meter.CreateHistogram("gen_ai.client.operation.duration", "s", "Time from the start of a stream to its end", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds });
        _firstToken = _meter.CreateHistogram("gen_ai.server.time_to_first_token", "s", "Time from the start of a stream to its first content", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = FirstTokenBounds });
        _tokens = _meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens of a stream, however it ended; bfproxy.usage.source tells how they are known", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = TokenBounds });
        _running = _meter.CreateUpDownCounter<long>("bfproxy.streams.running", "{stream}", "Streams that run now");
        _malformed = _meter.CreateCounter<long>("bfproxy.frames.malformed", "{frame}", "Frames of providers that were skipped");
    }

    public static ActivitySource Activities { get; } = new(Name);

    public void Started() => _running.Add(1);

    public void Ended(in StreamSummary summary)
    {
        _running.Add(-1);
        var tags = new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", summary.Provider },
            { "gen_ai.request.model", summary.Model },
        };
        if (summary.FirstToken is { } first)
        {
            _firstToken.Record(first.TotalSeconds, tags);
        }

        if (summary.Usage is { } counted)
        {
            RecordTokens(counted.Usage.PromptTokens, "input", counted.SourceName, tags);
            RecordTokens(counted.Usage.CompletionTokens, "output", counted.SourceName, tags);
        }

        if (summary.MalformedFrames > 0)
        {
            _malformed.Add(summary.MalformedFrames, tags);
        }

        if (summary.ErrorStatus is { } status)
        {
            tags.Add("error.type", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        _duration.Record(summary.Duration.TotalSeconds, tags);
    }

    public void Dispose() => _meter.Dispose();

    private void RecordTokens(long count, string type, string source, TagList tags)
    {
        tags.Add("gen_ai.token.type", type);
        tags.Add("bfproxy.usage.source", source);
        _tokens.Record(count, tags);
    }
}
