namespace BfProxy.Channels.Redis;

/// <summary>All that Redis has of a channel.</summary>
/// <param name="Read">Its first page, and its streams.</param>
/// <param name="Kept">The entries that are not too old.</param>
/// <param name="Past">What fresh streams said before them.</param>
/// <param name="Start">The offset before the first of them.</param>
internal sealed record LoadedHistory(ChannelRead Read, IReadOnlyList<Entry> Kept, IReadOnlyList<Entry> Past, long Start)
{
    public static async Task<LoadedHistory> LoadAsync(SharedLog shared, HubState state, ChannelKey key, ChannelRead read)
    {
        var entries = read.Entries.ToList();
        for (var page = read; page.IsFull; entries.AddRange(page.Entries))
        {
            page = await shared.ReadAsync(key, entries[^1].First + 1, CancellationToken.None);
        }

        var kept = entries.FindAll(entry => entry.Epoch == read.Epoch && read.Now - entry.Time < Math.Max(state.Options.HistoryTtl.TotalMilliseconds, 1));
        var start = kept.Count > 0 ? kept[0].First - 1 : read.Last;
        var past = new List<Entry>();
        foreach (var stream in read.Streams.Where(stream => start > 0 && stream.IsWhole && (stream.EndedAt == 0 || read.Now - stream.EndedAt < StreamSource.LingerMilliseconds)))
        {
            past.AddRange(await shared.PastAsync(key, stream.StreamId, start + 1, CancellationToken.None));
        }

        return new LoadedHistory(read, kept, past, start);
    }
}
