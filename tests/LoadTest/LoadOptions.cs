namespace LoadTest;

/// <summary>What is asked for on the command line.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        dotnet run -c Release --project tests/LoadTest -- [options]
          --streams 1000     streams at once, each with a subscriber of its own
          --rate 20          tokens per second of each
          --seconds 20       length of the measured window
          --only a,b         contestants: direct, passthrough, nginx, bfproxy; and, with --stop or named here,
                             bfproxy-openai-responses, bfproxy-gemini, bfproxy-anthropic, bfproxy-assistants
          --bfproxy a.dll    another build of BfProxy than this repository's
          --repeat 1         rounds; every other one in reverse order
          --stop N           instead: how soon the provider sees that N streams were stopped
          --idle N           instead: what N idle subscribers cost (bfproxy)
          --fanout N         instead: one stream to N subscribers (signalr, sockets: nothing but Kestrel's, bfproxy)
          --rollup 0         with --fanout: milliseconds that BfProxy gathers deltas
          --slow N           with --fanout, bfproxy: what N readers at 1 KB/s do to the others, over --repeat pairs of windows
          --soak N           instead: N minutes of streams that come and go (bfproxy), memory twice a minute; level once histories
                             have expired (10 minutes; BfProxy__Channels__HistoryTtl in the environment makes it shorter)
          --sessions N       instead: N conversations of the Typebot surface against N channel subscribers
          --all true         instead: BfProxy bare against BfProxy with retry, fallbacks, hedging, breaker, limits and telemetry on
          --nodes 2          instead: subscribers on another node, over Redis, against the same node (redis-server)
        """;

    public int Streams { get; init; } = 1000;

    public int Rate { get; init; } = 20;

    public int Seconds { get; init; } = 20;

    public string Only { get; init; } = "";

    public string? BfProxy { get; init; }

    public int Repeat { get; init; } = 1;

    public int Stop { get; init; }

    public int Idle { get; init; }

    public int FanOut { get; init; }

    public int RollUp { get; init; }

    public int Slow { get; init; }

    public double Soak { get; init; }

    public int Nodes { get; init; }

    /// <summary>Whether what can be switched on is compared with nothing of it.</summary>
    public bool All { get; init; }

    /// <summary>Conversations at once.</summary>
    public int Sessions { get; init; }

    public TimeSpan Window => TimeSpan.FromSeconds(Seconds);

    public static LoadOptions Parse(string[] arguments) =>
        new ConfigurationBuilder().AddCommandLine(arguments).Build().Get<LoadOptions>() ?? new LoadOptions();

    public bool Wants(string contestant) =>
        Only.Length == 0 || Only.Split(',', StringSplitOptions.TrimEntries).Contains(contestant, StringComparer.OrdinalIgnoreCase);
}
