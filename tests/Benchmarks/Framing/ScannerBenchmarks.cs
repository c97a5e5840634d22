using System.Net.ServerSentEvents;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BfProxy.Transforms.Framing;

namespace BfProxy.Benchmarks.Framing;

/// <summary>Bytes to frames: every frame is found and its length taken, nothing is read of it.</summary>
[MemoryDiagnoser]
[Config(typeof(Columns))]
public class ScannerBenchmarks
{
    private ProviderStream _stream = null!;

    [Params(ReadSize.OneFrame, ReadSize.Full16K)]
    public ReadSize ReadSize { get; set; }

    [Params("openai", "gemini", "anthropic")]
    public string Dialect { get; set; } = string.Empty;

    [GlobalSetup]
    public void Setup() => _stream = ProviderStream.Of(Dialect, ReadSize);

    [Benchmark(Baseline = true)]
    public long SseParserOfTheFramework()
    {
        using var pull = new ReadsStream(_stream.Reads);
        var total = 0L;
        foreach (var item in SseParser.Create(pull, static (_, data) => data.Length).Enumerate())
        {
            total += item.Data;
        }

        return total;
    }

    [Benchmark]
    public long Scanner()
    {
        var state = new SseScanState(1024 * 1024);
        var total = 0L;
        foreach (var read in _stream.Reads)
        {
            var scanner = new SseScanner(ref state, read.Span);
            while (scanner.Read(out var frame) == SseScanStatus.Frame)
            {
                total += frame.Data.Length;
            }
        }

        state.Dispose();
        return total;
    }

    private sealed class Columns : ManualConfig
    {
        public Columns() => AddColumn(new ThroughputColumn());
    }
}
