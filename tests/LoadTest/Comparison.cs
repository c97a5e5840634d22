using System.Globalization;
using LoadTest.Contestants;
using LoadTest.Measuring;

namespace LoadTest;

/// <summary>Runs the contestants one after another and prints how they did. The exit code says whether all came whole.</summary>
internal static class Comparison
{
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (arguments.Contains("--help", StringComparer.Ordinal))
        {
            Console.WriteLine(LoadOptions.Usage);
            return 0;
        }

        try
        {
            var options = LoadOptions.Parse(arguments);
            var catalog = new ContestantCatalog(options);
            var contestants = ContestantsOf(options, catalog).Where(one => options.Wants(one.Name)).ToList();
            return await RunAsync(options, contestants, cancellationToken) ? 0 : 1;
        }
        catch (InvalidOperationException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("cancelled");
            return 130;
        }
    }

    private static IEnumerable<Contestant> ContestantsOf(LoadOptions options, ContestantCatalog catalog)
    {
        if (options.Nodes > 1)
        {
            return catalog.AcrossNodes();
        }

        if (options.Sessions > 0)
        {
            return catalog.Conversing();
        }

        if (options.All)
        {
            return catalog.BareAndAll();
        }

        if (options.FanOut > 0)
        {
            return catalog.FanningOut();
        }

        return options.Stop > 0 || options.Only.Length > 0 ? catalog.Relaying().Concat(catalog.Dialects()) : catalog.Relaying();
    }

    private static Task<bool> RunAsync(LoadOptions options, List<Contestant> contestants, CancellationToken cancellationToken)
    {
        if (options.Soak > 0)
        {
            return SoakAsync(options, contestants, cancellationToken);
        }

        if (options.Idle > 0)
        {
            return IdleAsync(options, contestants, cancellationToken);
        }

        if (options.Slow > 0)
        {
            return SlowAsync(options, contestants, cancellationToken);
        }

        if (options.FanOut > 0)
        {
            return FanOutAsync(options, contestants, cancellationToken);
        }

        if (options.Sessions > 0)
        {
            options = options with { Streams = options.Sessions };
        }

        return options.Stop > 0 ? StopAsync(options, contestants, cancellationToken) : StreamAsync(options, contestants, cancellationToken);
    }

    private static async Task<bool> StreamAsync(LoadOptions options, List<Contestant> contestants, CancellationToken cancellationToken)
    {
        var results = new List<StreamResult>();
        foreach (var contestant in InTurn(options, contestants))
        {
            await Console.Error.WriteLineAsync($"{contestant.Name}: {options.Streams} streams x {options.Rate}/s for {options.Seconds} s");
            var result = await StreamScenario.RunAsync(contestant, options, cancellationToken);
            results.Add(result);
            Complain(contestant.Name, result.Client.Failures);
        }

        Console.WriteLine($"{options.Streams} streams x {options.Rate} tokens/s, {options.Seconds} s measured, {Environment.ProcessorCount} cores shared by all");
        ResultTable.Streams(results, BaselineOf(options)).Print(Console.Out);
        if (options.All)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all of it on costs {CpuRatio(results):0.000} of the CPU per delta of all of it off (medians)"));
        }

        return results.TrueForAll(result => result.IsWhole);
    }

    private static string BaselineOf(LoadOptions options) => options switch
    {
        { Nodes: > 1 } => ContestantCatalog.OneNode,
        { Sessions: > 0 } => ContestantCatalog.Channels,
        { All: true } => ContestantCatalog.Bare,
        _ => ContestantCatalog.Direct,
    };

    private static double CpuRatio(List<StreamResult> results)
    {
        return Median(ContestantCatalog.Everything) / Median(ContestantCatalog.Bare);

        double Median(string name) => Durations.Median(results.Where(result => result.Name == name).Select(static result => result.CpuPerDelta));
    }

    private static async Task<bool> StopAsync(LoadOptions options, List<Contestant> contestants, CancellationToken cancellationToken)
    {
        var results = new List<StopResult>();
        foreach (var contestant in InTurn(options, contestants))
        {
            await Console.Error.WriteLineAsync($"{contestant.Name}: {options.Stop} stops");
            results.Add(await StopScenario.RunAsync(contestant, options, cancellationToken));
            Complain(contestant.Name, results[^1].Failures);
        }

        Console.WriteLine($"{options.Stop} streams x {options.Rate} tokens/s, stopped one after another: from the stop to the provider seeing its peer go");
        ResultTable.Stops(results).Print(Console.Out);
        return results.TrueForAll(result => result.Failures.Count == 0 && result.Unseen == 0);
    }

    private static async Task<bool> IdleAsync(LoadOptions options, List<Contestant> contestants, CancellationToken cancellationToken)
    {
        var results = new List<IdleResult>();
        foreach (var contestant in InTurn(options, contestants).Where(one => one.Kind == Client.ClientKind.Channel))
        {
            await Console.Error.WriteLineAsync($"{contestant.Name}: {options.Idle} idle subscribers for {options.Seconds} s");
            results.Add(await IdleScenario.RunAsync(contestant, options, cancellationToken));
            Complain(contestant.Name, results[^1].Failures);
        }

        Console.WriteLine($"{options.Idle} idle subscribers, each on a channel of its own, {options.Seconds} s measured");
        ResultTable.Idle(results).Print(Console.Out);
        return results.TrueForAll(result => result.Failures.Count == 0);
    }

    private static async Task<bool> SoakAsync(LoadOptions options, List<Contestant> contestants, CancellationToken cancellationToken)
    {
        var contestant = contestants.First(static one => one.Kind == Client.ClientKind.Channel);
        await Console.Error.WriteLineAsync($"{contestant.Name}: {options.Streams} streams x {options.Rate}/s at a time for {options.Soak} minutes");
        var result = await SoakScenario.RunAsync(contestant, options, TimeSpan.FromMinutes(options.Soak), cancellationToken);
        Complain(contestant.Name, result.Failures);
        result.Print(Console.Out);
        return result.IsGood;
    }

    private static async Task<bool> FanOutAsync(LoadOptions options, List<Contestant> contestants, CancellationToken cancellationToken)
    {
        var results = new List<FanOutResult>();
        foreach (var contestant in InTurn(options, contestants))
        {
            await Console.Error.WriteLineAsync($"{contestant.Name}: one stream x {options.Rate}/s to {options.FanOut} subscribers for {options.Seconds} s");
            results.Add(await FanOutScenario.RunAsync(contestant, options, cancellationToken));
            Complain(contestant.Name, results[^1].Client.Failures);
        }

        Console.WriteLine($"one stream x {options.Rate} tokens/s to {options.FanOut} subscribers, gathered for {options.RollUp} ms, {options.Seconds} s measured");
        ResultTable.FanOut(results).Print(Console.Out);
        if (results.ToLookup(static result => result.Name, static result => result.CpuPerDelivery) is var cpu && cpu.Contains(ContestantCatalog.BfProxy))
        {
            foreach (var other in cpu.Where(static one => one.Key != ContestantCatalog.BfProxy))
            {
                var ratio = Durations.Median(cpu[ContestantCatalog.BfProxy]) / Durations.Median(other);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bfproxy costs {ratio:0.00} of the CPU per delivery of {other.Key} (medians)"));
            }
        }

        return results.TrueForAll(result => result.Client.IsClean);
    }

    private static async Task<bool> SlowAsync(LoadOptions options, List<Contestant> contestants, CancellationToken cancellationToken)
    {
        var contestant = contestants.Single(one => one.Kind == Client.ClientKind.Channel);
        var (windows, client) = await SlowScenario.RunAsync(contestant, options, cancellationToken);
        Complain(contestant.Name, client.Failures);
        Console.WriteLine($"one stream x {options.Rate} tokens/s to {options.FanOut} subscribers, windows of {options.Seconds} s, by turns alone and with readers at 1 KB/s");
        ResultTable.Slow(windows).Print(Console.Out);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"their p99 is {SlowScenario.MovedBy(windows):0.000} of what it is alone (medians)"));
        return client.IsClean;
    }

    private static IEnumerable<Contestant> InTurn(LoadOptions options, List<Contestant> contestants)
    {
        for (var round = 0; round < options.Repeat; round++)
        {
            foreach (var contestant in round % 2 == 0 ? contestants : Enumerable.Reverse(contestants))
            {
                yield return contestant;
            }
        }
    }

    private static void Complain(string contestant, IReadOnlyList<string> failures)
    {
        foreach (var failure in failures)
        {
            Console.Error.WriteLine($"{contestant}: {failure}");
        }
    }
}
