namespace BfProxy.Demo;

/// <summary>One of the demo's models: how fast it talks, and whether it fails on purpose.</summary>
internal sealed record DemoModel(string Name, TimeSpan FirstToken, double TokensPerSecond)
{
    public static readonly IReadOnlyList<DemoModel> All =
    [
        new("demo", TimeSpan.FromMilliseconds(250), 45),
        new("demo-fast", TimeSpan.FromMilliseconds(120), 200),
        new("demo-slow", TimeSpan.FromMilliseconds(1500), 6),
        new("demo-error", TimeSpan.FromMilliseconds(250), 45) { TokensBeforeError = 14 },
        new("demo-refuse", TimeSpan.Zero, 45) { Refuses = true },
    ];

    /// <summary>After so many tokens the stream breaks off with an error frame.</summary>
    public int? TokensBeforeError { get; init; }

    /// <summary>Refuses every request, as a provider does whose rate limit is reached.</summary>
    public bool Refuses { get; init; }

    public static DemoModel? Find(string name) => All.FirstOrDefault(model => string.Equals(model.Name, name, StringComparison.Ordinal));
}
