using StackExchange.Redis;

namespace BfProxy.Backplane;

/// <summary>The state that all nodes of a deployment share, in Redis. Calls throw <see cref="StateUnavailableException"/> while it is away.</summary>
internal sealed class RedisStateStore : IStateStore
{
    private const string Replace = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
        return 1
        """;

    private const string Remove = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end return redis.call('DEL', KEYS[1])";
    private const string Take = "local value = redis.call('GET', KEYS[1]) redis.call('DEL', KEYS[1]) return value";

    private readonly RedisLink _link;
    private readonly string _values;
    private readonly string _maps;

    public RedisStateStore(RedisLink link)
    {
        _link = link;
        (_values, _maps) = (link.Prefix + "value:", link.Prefix + "map:");
        link.Reconnected += Return;
        link.Changed += Return;
    }

    public event Action? Returned;

    public bool IsAway => _link.IsAway;

    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        await _link.RunAsync(database => database.StringGetAsync(_values + key), cancellationToken);

    public async ValueTask SetAsync(string key, byte[] value, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
        await _link.RunAsync(database => database.StringSetAsync(_values + key, value, timeToLive), cancellationToken);

    public async ValueTask<bool> TryAddAsync(string key, byte[] value, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
        await _link.RunAsync(database => database.StringSetAsync(_values + key, value, timeToLive, When.NotExists), cancellationToken);

    public async ValueTask<bool> TryReplaceAsync(string key, byte[] expected, byte[] value, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
        (bool)await EvaluateAsync(Replace, key, [expected, value, timeToLive is { } time ? (long)Math.Ceiling(time.TotalMilliseconds) : RedisValue.EmptyString], cancellationToken);

    public async ValueTask<byte[]?> TakeAsync(string key, CancellationToken cancellationToken) => (byte[]?)await EvaluateAsync(Take, key, [], cancellationToken);

    public async ValueTask<bool> TryRemoveAsync(string key, byte[] expected, CancellationToken cancellationToken) =>
        (bool)await EvaluateAsync(Remove, key, [expected], cancellationToken);

    public async ValueTask<IReadOnlyDictionary<string, string>> GetMapAsync(string key, CancellationToken cancellationToken)
    {
        var fields = await _link.RunAsync(database => database.HashGetAllAsync(_maps + key), cancellationToken);
        return fields.ToDictionary(static field => (string)field.Name!, static field => (string)field.Value!, StringComparer.Ordinal);
    }

    public async ValueTask SetFieldsAsync(string key, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        if (fields.Count > 0)
        {
            HashEntry[] entries = [.. fields.Select(static field => new HashEntry(field.Key, field.Value))];
            await _link.RunAsync(async database =>
            {
                await database.HashSetAsync(_maps + key, entries);
                return true;
            }, cancellationToken);
        }
    }

    public async ValueTask RemoveFieldsAsync(string key, IReadOnlyCollection<string> fields, CancellationToken cancellationToken)
    {
        if (fields.Count > 0)
        {
            RedisValue[] names = [.. fields];
            await _link.RunAsync(database => database.HashDeleteAsync(_maps + key, names), cancellationToken);
        }
    }

    /// <summary>Once it answers: a connection that was made again may come a moment before that.</summary>
    private void Return()
    {
        if (!IsAway)
        {
            Returned?.Invoke();
        }
    }

    private Task<RedisResult> EvaluateAsync(string script, string key, RedisValue[] values, CancellationToken cancellationToken) =>
        _link.EvaluateAsync(script, [_values + key], values, cancellationToken);
}
