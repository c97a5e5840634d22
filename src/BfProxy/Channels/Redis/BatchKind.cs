namespace BfProxy.Channels.Redis;

/// <summary>Who speaks for a stream; the scripts know these by number.</summary>
internal enum BatchKind
{
    /// <summary>The node that runs it, which knows its seq.</summary>
    Own = 0,

    /// <summary>Another one, which ends it unless it has ended: its seq is the stream's own next, where that is later than the batch's.</summary>
    Continuing = 1,

    /// <summary>Another one, which has seen no end: ends it, or has it said again how it ended.</summary>
    Restating = 2,
}
