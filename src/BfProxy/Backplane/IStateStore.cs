namespace BfProxy.Backplane;

/// <summary>
/// Small state that all nodes share: one-use tickets, leases, memberships, sessions. In the memory of this process, or in Redis.
/// Keys are made by the rooms that use them, prefixed with the room's name; values are theirs too. Every call is atomic by itself.
/// A store that cannot be reached throws <see cref="StateUnavailableException"/>, within seconds.
/// </summary>
internal interface IStateStore
{
    /// <summary>Raised when the store was out of reach and is back: what this node keeps in it may be gone and is to be written again.</summary>
    event Action? Returned;

    /// <summary>Whether it is out of reach, as far as is known: calls then fail at once.</summary>
    bool IsAway { get; }

    /// <summary>The value, or null where there is none or its time is over.</summary>
    ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Sets a value; null as <paramref name="timeToLive"/> keeps it until it is removed.</summary>
    ValueTask SetAsync(string key, byte[] value, TimeSpan? timeToLive, CancellationToken cancellationToken);

    /// <summary>Sets a value only where there is none.</summary>
    ValueTask<bool> TryAddAsync(string key, byte[] value, TimeSpan? timeToLive, CancellationToken cancellationToken);

    /// <summary>Sets a value only where <paramref name="expected"/> stands; also renews its time to live.</summary>
    ValueTask<bool> TryReplaceAsync(string key, byte[] expected, byte[] value, TimeSpan? timeToLive, CancellationToken cancellationToken);

    /// <summary>Removes a value and returns it: of many who try, one gets it.</summary>
    ValueTask<byte[]?> TakeAsync(string key, CancellationToken cancellationToken);

    /// <summary>Removes a value only where <paramref name="expected"/> stands.</summary>
    ValueTask<bool> TryRemoveAsync(string key, byte[] expected, CancellationToken cancellationToken);

    /// <summary>All fields of a map; empty where there is none. Maps have keys of their own and no time to live.</summary>
    ValueTask<IReadOnlyDictionary<string, string>> GetMapAsync(string key, CancellationToken cancellationToken);

    /// <summary>Adds or overwrites fields of a map.</summary>
    ValueTask SetFieldsAsync(string key, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken);

    /// <summary>Removes fields of a map; one without fields is gone.</summary>
    ValueTask RemoveFieldsAsync(string key, IReadOnlyCollection<string> fields, CancellationToken cancellationToken);
}
