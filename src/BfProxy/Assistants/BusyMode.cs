namespace BfProxy.Assistants;

/// <summary>What a request meets whose thread has a run.</summary>
internal enum BusyMode
{
    /// <summary>It waits for its turn.</summary>
    Wait,

    /// <summary>It is refused with 409.</summary>
    Refuse,
}
