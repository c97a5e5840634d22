namespace BfProxy.Channels.Redis;

/// <summary>
/// What happens to a channel in Redis, each as one script and so in one order for all nodes. Keys, in one slot of a cluster: the channel's
/// epoch and last offset (a hash), its log (a stream whose ids are first offsets), its streams (a hash), and one stream's own entries.
/// A stream's field is <c>batch:first:seq:bytes:ended</c>: its last batch and where it stands, its next seq, its bytes (-1 where it is not kept whole), when it ended.
/// Beside it, under its name and an exclamation mark, stand <c>count:body</c> of the events that it ended with.
/// </summary>
internal static class ChannelScripts
{
    /// <summary>
    /// Numbers a batch, appends it, tells all nodes. A batch that it knows is not appended again: it answers as it did before. A stream that another node
    /// has ended takes nothing more: first offset zero. A batch that continues has the stream's own next seq, where that is later; one that restates
    /// says of a stream that has ended what it ended with, under the seq that this had, once an epoch.
    /// </summary>
    public const string Publish = """
        local topic, fresh, stream, batch, seq, count, length = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
        local closes, body, size, ttl, replayed, linger, room, life = ARGV[8] == '1', ARGV[9], tonumber(ARGV[10]), ARGV[11], tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14]), ARGV[15]
        local continues, restates, words, spoken = ARGV[16] ~= '0', ARGV[16] == '2', ARGV[17], ARGV[18]
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local meta = redis.call('HMGET', KEYS[1], 'epoch', 'last')
        local epoch, last = meta[1], tonumber(meta[2] or 0)
        if not epoch then
          epoch, last = fresh, 0
          redis.call('DEL', KEYS[2], KEYS[3])
          redis.call('HSET', KEYS[1], 'epoch', epoch)
        end
        local first = last + 1
        local total, ended, said = 0, 0, false
        if stream ~= '' then
          local known = redis.call('HGET', KEYS[3], stream)
          if known then
            local b, f, s, t, e = string.match(known, '^(%d+):(%d+):(%d+):(%-?%d+):(%d+)$')
            said = restates and e ~= '0' and redis.call('HGET', KEYS[3], stream .. '!')
            if said then
              local colon = string.find(said, ':', 1, true)
              count, body = tonumber(string.sub(said, 1, colon - 1)), string.sub(said, colon + 1)
            end
            if tonumber(b) == batch then return {epoch, tonumber(f), tonumber(s) - count, now, body} end
            if e ~= '0' and not said then return {epoch, 0, 0, now, body} end
            total = tonumber(t)
            if said then
              seq = tonumber(s) - count
            elseif continues then
              seq = math.max(seq, tonumber(s))
            end
          else
            total = seq == 1 and 0 or -1
            redis.call('DEL', KEYS[4])
            local all = redis.call('HGETALL', KEYS[3])
            for i = 1, #all, 2 do
              local over = tonumber(string.match(all[i + 1], '^%d+:%d+:%d+:%-?%d+:(%d+)$') or 0)
              if over > 0 and now - over > linger then redis.call('HDEL', KEYS[3], all[i], all[i] .. '!') end
            end
          end
        end
        local entry = string.format('%s%014x%012x%08x', epoch, first, now, seq) .. body
        if count > 0 then
          local oldest = math.max(0, last + count - size)
          redis.call('XADD', KEYS[2], 'MINID', '~', string.format('%d', oldest), string.format('%d-0', first), 'e', entry)
          redis.call('PEXPIRE', KEYS[2], ttl)
        end
        redis.call('HSET', KEYS[1], 'last', string.format('%d', last + count))
        if redis.call('HINCRBY', KEYS[1], 'bytes', #entry) > room then
          if redis.call('MEMORY', 'USAGE', KEYS[2]) > room * 2 then redis.call('XTRIM', KEYS[2], 'MAXLEN', math.floor(redis.call('XLEN', KEYS[2]) / 2)) end
          redis.call('HSET', KEYS[1], 'bytes', 0)
        end
        redis.call('PEXPIRE', KEYS[1], life)
        if stream ~= '' then
          if closes then
            ended = now
            if not said then redis.call('HSET', KEYS[3], stream .. '!', spoken .. ':' .. words) end
          end
          if not said then
            total = total >= 0 and total + length <= replayed and total + length or -1
            if total < 0 then
              redis.call('DEL', KEYS[4])
            elseif count > 0 then
              redis.call('XADD', KEYS[4], string.format('%d-0', first), 'e', entry)
            end
            redis.call('PEXPIRE', KEYS[4], closes and linger or life)
          end
          redis.call('HSET', KEYS[3], stream, string.format('%d:%d:%d:%d:%d', batch, first, seq + count, total, ended))
          redis.call('PEXPIRE', KEYS[3], life)
        end
        redis.call('PUBLISH', topic, entry)
        return {epoch, first, seq, now, body}
        """;

    /// <summary>Reads on from an offset; where asked, the streams too. A channel that is not there begins.</summary>
    public const string Read = """
        local time = redis.call('TIME')
        local meta = redis.call('HMGET', KEYS[1], 'epoch', 'last')
        local epoch, last = meta[1], tonumber(meta[2] or 0)
        if not epoch then
          epoch, last = ARGV[1], 0
          redis.call('DEL', KEYS[2], KEYS[3])
          redis.call('HSET', KEYS[1], 'epoch', epoch, 'last', 0)
        end
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        local entries = {}
        for i, item in ipairs(redis.call('XRANGE', KEYS[2], ARGV[3], '+', 'COUNT', ARGV[4])) do entries[i] = item[2][2] end
        local streams = {}
        if ARGV[5] == '1' then streams = redis.call('HGETALL', KEYS[3]) end
        return {epoch, last, time[1] * 1000 + math.floor(time[2] / 1000), entries, streams}
        """;

    /// <summary>
    /// Begins a new epoch: what was published meanwhile on a node that was alone is in no shared history. Streams go on in it, not whole any more, or stay ended;
    /// it begins with the ends of those that are still remembered, for nobody knows who has heard them.
    /// </summary>
    public const string Renew = """
        local epoch, life, topic, linger, ttl = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local last = 0
        redis.call('DEL', KEYS[2])
        local all = redis.call('HGETALL', KEYS[3])
        for i = 1, #all, 2 do
          local seq, ended = string.match(all[i + 1], '^%d+:%d+:(%d+):%-?%d+:(%d+)$')
          if seq and string.sub(all[i], -1) ~= '!' then
            local batch, first = 0, 0
            local said = ended ~= '0' and now - ended <= linger and redis.call('HGET', KEYS[3], all[i] .. '!')
            local count = said and tonumber(string.match(said, '^(%d+):')) or 0
            if count > 0 then
              batch, first = 2147483647, last + 1
              local body = string.sub(said, string.find(said, ':', 1, true) + 1)
              redis.call('XADD', KEYS[2], string.format('%d-0', first), 'e', string.format('%s%014x%012x%08x', epoch, first, now, seq - count) .. body)
              last = last + count
            end
            redis.call('HSET', KEYS[3], all[i], string.format('%d:%d:%d:-1:', batch, first, seq) .. ended)
          end
        end
        if last > 0 then redis.call('PEXPIRE', KEYS[2], ttl) end
        redis.call('HSET', KEYS[1], 'epoch', epoch, 'last', string.format('%d', last), 'bytes', 0)
        redis.call('PEXPIRE', KEYS[1], life)
        return redis.call('PUBLISH', topic, epoch .. string.rep('0', 34))
        """;

    /// <summary>One stream's entries from before an offset.</summary>
    public const string Past = """
        local entries = {}
        for i, item in ipairs(redis.call('XRANGE', KEYS[1], '-', ARGV[1])) do entries[i] = item[2][2] end
        return entries
        """;
}
