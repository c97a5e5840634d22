namespace BfProxy.Sessions;

/// <summary>All that is kept of a conversation; immutable.</summary>
internal sealed record ChatSession
{
    /// <summary>The bot's public id.</summary>
    public required string Bot { get; init; }

    /// <summary>Whether the visitor's client fetches answers while they are generated.</summary>
    public bool Streams { get; init; }

    /// <summary>What the page told about its visitor; only names that the bot uses.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the bot has said its welcome.</summary>
    public bool HasBegun { get; init; }

    /// <summary>Opening prompts that were asked so far.</summary>
    public int Openings { get; init; }

    /// <summary>Turns of the visitor so far.</summary>
    public int Turns { get; init; }

    public IReadOnlyList<Said> History { get; init; } = [];

    /// <summary>Null where it is the visitor's turn.</summary>
    public PendingAnswer? Pending { get; init; }
}
