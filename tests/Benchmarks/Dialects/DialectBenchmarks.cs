using System.Text.Json;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;

namespace BfProxy.Benchmarks.Dialects;

/// <summary>Provider bytes to the frames that go to a channel: framing, dialect and the writing of each frame.</summary>
[MemoryDiagnoser]
[Config(typeof(Columns))]
public class DialectBenchmarks
{
    private static readonly StreamLimits s_limits = new();

    private ProviderStream _stream = null!;
    private IDialect _dialect = null!;
    private Func<JsonElement, string?> _text = null!;

    [Params("openai", "openai obfuscated", "openai-responses", "gemini", "anthropic")]
    public string Dialect { get; set; } = string.Empty;

    [Params(ReadSize.OneFrame, ReadSize.Full16K)]
    public ReadSize ReadSize { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _dialect = DialectCatalog.Find(Dialect.Split(' ')[0])!;
        _stream = ProviderStream.Of(Dialect, ReadSize);
        _text = Dialect switch
        {
            "gemini" => PlainTransform.GeminiText,
            "anthropic" => PlainTransform.AnthropicText,
            "openai-responses" => PlainTransform.ResponsesText,
            _ => PlainTransform.OpenAiText,
        };
        CheckThatFramesAreEqual();
    }

    [Benchmark(Baseline = true)]
    public long ParserDocumentAndWriter()
    {
        var tally = new FrameTally();
        PlainTransform.Run(_stream.Reads, _text, tally);
        return tally.Bytes;
    }

    [Benchmark]
    public long ScannerAndDialect()
    {
        var tally = new FrameTally();
        Transform(tally);
        return tally.Bytes;
    }

    private void Transform(FrameTally tally)
    {
        using var transform = new StreamTransform(_dialect.CreateReader(aggregate: false), new FrameSink(tally), s_limits);
        foreach (var read in _stream.Reads)
        {
            transform.Push(read.Span);
        }

        transform.Complete();
    }

    /// <summary>A comparison of speed counts only between equal results; escapes may be written differently.</summary>
    private void CheckThatFramesAreEqual()
    {
        List<string> expected = [];
        List<string> actual = [];
        PlainTransform.Run(_stream.Reads, _text, new FrameTally(expected));
        Transform(new FrameTally(actual));
        var pairs = expected.Zip(actual, static (one, other) => JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other)));
        if (expected.Count == 0 || expected.Count != actual.Count || pairs.Contains(value: false))
        {
            throw new InvalidOperationException("The frames differ from the baseline's.");
        }
    }

    private sealed class Columns : ManualConfig
    {
        public Columns() => AddColumn(new ThroughputColumn());
    }
}
