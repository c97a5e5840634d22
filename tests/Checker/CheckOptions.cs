namespace Checker;

/// <summary>What is asked for on the command line.</summary>
internal sealed record CheckOptions
{
    public const string Usage = """
        dotnet run -c Release --project tests/Checker -- [options]
          --seconds 60       how long streams are started and things break
          --nodes 2          nodes of BfProxy; more than one share a Redis
          --clients 200      browsers, each on --joins channels
          --slow 5           of them, how many read 1 KB/s
          --channels 20      channels; every fourth stream goes to two of them
          --joins 3          channels a client joins
          --streams 40       streams at once
          --rate 20          tokens per second of each
          --deliveries 0     fails below so many deliveries
          --seed 1           of all that is random
          --calm true        breaks nothing
          --rolling true     breaks nothing but restarts the nodes in turn, as a deploy does; fails where a stream ends by error
        """;

    public int Seconds { get; init; } = 60;

    public int Nodes { get; init; } = 2;

    public int Clients { get; init; } = 200;

    public int Slow { get; init; } = 5;

    public int Channels { get; init; } = 20;

    public int Joins { get; init; } = 3;

    public int Streams { get; init; } = 40;

    public int Rate { get; init; } = 20;

    public long Deliveries { get; init; }

    public int Seed { get; init; } = 1;

    public bool Calm { get; init; }

    public bool Rolling { get; init; }

    public bool HasRedis => Nodes > 1;

    public TimeSpan Time => TimeSpan.FromSeconds(Seconds);

    public static CheckOptions Parse(string[] arguments) =>
        new ConfigurationBuilder().AddCommandLine(arguments).Build().Get<CheckOptions>() ?? new CheckOptions();
}
