namespace BfProxy.Operations;

/// <summary>What the command line takes. A word that it does not know must not start a server: it is most likely a command that was misspelt.</summary>
internal static class Usage
{
    public const string Text = """
        BfProxy [--urls <addresses>] [--environment <name>] [--contentRoot <folder>] [--<Section>:<Key> <value>]...
            Runs the proxy. Settings: config/bfproxy.json; every key has a sentence in config/bfproxy.schema.json.
        BfProxy healthcheck [ready] [address]
            Asks the process beside it; exit code 0 or 1.
        BfProxy hash-key
            Reads an app's key from standard input and writes what stands for it in the configuration.
        """;

    private const int BadUsage = 64;

    /// <summary>The exit code where the first argument asks for help or is a word of no meaning; null where it is a setting.</summary>
    public static int? ExitCodeOf(string[] args) => args switch
    {
        ["--help" or "-h" or "-?" or "/?", ..] => 0,
        [var word, ..] when !word.StartsWith('-') && !word.StartsWith('/') && !word.Contains('=', StringComparison.Ordinal) => BadUsage,
        _ => null,
    };
}
