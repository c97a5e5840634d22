using System.Globalization;

namespace LoadTest.Measuring;

/// <summary>Results as a Markdown table, columns aligned.</summary>
internal sealed class ResultTable
{
    private readonly List<string[]> _rows = [];

    private ResultTable(params string[] header) => _rows.Add(header);

    /// <summary>A row each.</summary>
    /// <param name="results">In the order of their rows.</param>
    /// <param name="baseline">What the others' latency is compared with.</param>
    public static ResultTable Streams(IReadOnlyList<StreamResult> results, string baseline)
    {
        var table = new ResultTable(
            "contestant", "deltas", "lost", "repeated", "disordered", "latency p50/p99 ms", "added p50/p99 ms", "CPU µs/delta",
            "alloc B/delta", "heap KB/stream", "RSS KB/stream", "ack p50/p99 ms", "deltas/read", "CPU % it/fake/client");
        var other = results.FirstOrDefault(result => string.Equals(result.Name, baseline, StringComparison.Ordinal))?.Window;
        foreach (var result in results)
        {
            table._rows.Add(Row(result, other));
        }

        return table;
    }

    public static ResultTable Stops(IReadOnlyList<StopResult> results)
    {
        var table = new ResultTable("contestant", "stops seen", "unseen", "p50 ms", "p99 ms");
        table._rows.AddRange(results.Select(result => new[]
        {
            result.Name, Whole(result.Delay.Count), Whole(result.Unseen), Fine(result.Delay.P50), Fine(result.Delay.P99),
        }));
        return table;
    }

    public static ResultTable Idle(IReadOnlyList<IdleResult> results)
    {
        var table = new ResultTable("contestant", "heap KB each", "RSS KB each", "CPU µs/s each");
        table._rows.AddRange(results.Select(result => new[]
        {
            result.Name, Fine(result.LiveKilobytes), Fine(result.ResidentKilobytes), Fine(result.CpuMicrosecondsPerSecond),
        }));
        return table;
    }

    public static ResultTable FanOut(IReadOnlyList<FanOutResult> results)
    {
        var table = new ResultTable("contestant", "deliveries", "lost", "repeated", "disordered", "latency p50/p99 ms", "CPU µs/delivery", "alloc B/delivery", "deltas/read", "CPU % it/fake/client");
        table._rows.AddRange(results.Select(result => new[]
        {
            result.Name,
            Whole(result.Window.Delivered),
            Whole(result.Client.Lost),
            Whole(result.Client.Repeated),
            Whole(result.Client.OutOfOrder + result.Client.Misdelivered + result.Client.OffsetFaults),
            $"{Fine(result.Window.P50)} / {Fine(result.Window.P99)}",
            Fine(result.CpuPerDelivery),
            Fine(result.AllocatedPerDelivery),
            Fine((double)result.Window.Delivered / Math.Max(1, result.Window.Reads)),
            Shares(result.Cpu, result.Seconds),
        }));
        return table;
    }

    public static ResultTable Slow(IReadOnlyList<SlowResult> results)
    {
        var table = new ResultTable("window", "deliveries", "p50 ms", "p99 ms");
        table._rows.AddRange(results.Select(result => new[] { result.Name, Whole(result.Window.Delivered), Fine(result.Window.P50), Fine(result.Window.P99) }));
        return table;
    }

    public void Print(TextWriter output)
    {
        var widths = Enumerable.Range(0, _rows[0].Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        output.WriteLine(Line(_rows[0], widths));
        output.WriteLine(Line([.. widths.Select(width => new string('-', width))], widths));
        foreach (var row in _rows.Skip(1))
        {
            output.WriteLine(Line(row, widths));
        }
    }

    private static string[] Row(StreamResult result, Client.WindowReport? baseline) =>
    [
        result.Name,
        Whole(result.Window.Delivered),
        Whole(Math.Max(result.Missing, result.Client.Lost)),
        Whole(result.Client.Repeated),
        Whole(result.Client.OutOfOrder + result.Client.Misdelivered + result.Client.OffsetFaults),
        $"{Fine(result.Window.P50)} / {Fine(result.Window.P99)}",
        baseline is null ? "" : $"{Fine(result.Window.P50 - baseline.P50)} / {Fine(result.Window.P99 - baseline.P99)}",
        Fine(result.CpuPerDelta),
        Fine(result.AllocatedPerDelta),
        Fine(result.LiveKilobytes),
        Fine(result.ResidentKilobytes),
        $"{Fine(result.Acknowledgment.P50)} / {Fine(result.Acknowledgment.P99)}",
        Fine((double)result.Window.Delivered / Math.Max(1, result.Window.Reads)),
        Shares(result.Cpu, result.Seconds),
    ];

    private static string Shares(CpuState cpu, double seconds) =>
        string.Join(" / ", new[] { cpu.Contestant, cpu.Provider, cpu.Client }.Select(time => Whole((long)(time / 1e4 / seconds))));

    private static string Line(string[] cells, int[] widths) => "| " + string.Join(" | ", cells.Zip(widths, (cell, width) => cell.PadRight(width))) + " |";

    private static string Fine(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";

    private static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
