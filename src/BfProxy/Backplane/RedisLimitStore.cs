using StackExchange.Redis;

namespace BfProxy.Backplane;

/// <summary>The counts of all nodes of a deployment, in Redis, by its clock alone.</summary>
internal sealed class RedisLimitStore(RedisLink link) : ILimitStore
{
    private const string Add = """
        local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
        local left = redis.call('PTTL', KEYS[1])
        if left < 0 then
          left = tonumber(ARGV[2])
          redis.call('PEXPIRE', KEYS[1], left)
        end
        return {sum, left}
        """;

    private const string Now = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)

        """;

    private const string Take = Now + """
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
        redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return 1
        """;

    private const string Renew = Now + """
        for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[i]) end
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return 1
        """;

    private readonly string _prefix = link.Prefix + "limit:";

    public async ValueTask<WindowSum> AddAsync(string key, long amount, TimeSpan window, CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])(await EvaluateAsync(Add, key, [amount, Milliseconds(window)], cancellationToken))!;
        return new WindowSum((long)answer[0], TimeSpan.FromMilliseconds((long)answer[1]));
    }

    public async ValueTask<bool> TryTakeAsync(string key, string holder, int places, TimeSpan lease, CancellationToken cancellationToken) =>
        (bool)await EvaluateAsync(Take, key, [holder, places, Milliseconds(lease)], cancellationToken);

    public async ValueTask RenewAsync(string key, IReadOnlyCollection<string> holders, TimeSpan lease, CancellationToken cancellationToken)
    {
        if (holders.Count > 0)
        {
            await EvaluateAsync(Renew, key, [Milliseconds(lease), .. holders.Select(static holder => (RedisValue)holder)], cancellationToken);
        }
    }

    public async ValueTask LeaveAsync(string key, string holder, CancellationToken cancellationToken) =>
        await link.RunAsync(database => database.SortedSetRemoveAsync(_prefix + key, holder), cancellationToken);

    private static RedisValue Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);

    private Task<RedisResult> EvaluateAsync(string script, string key, RedisValue[] values, CancellationToken cancellationToken) =>
        link.EvaluateAsync(script, [_prefix + key], values, cancellationToken);
}
