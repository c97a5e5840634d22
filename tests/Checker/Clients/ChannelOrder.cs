namespace Checker.Clients;

/// <summary>What stands at each offset of a channel, whoever saw it first: all others, on whatever node, must see the same.</summary>
internal sealed class ChannelOrder
{
    private readonly Dictionary<string, Dictionary<long, (string Stream, long Seq)>> _epochs = new(StringComparer.Ordinal);

    /// <summary>False where another client saw something else at this offset.</summary>
    public bool Agrees(string epoch, long offset, string stream, long seq)
    {
        lock (_epochs)
        {
            if (!_epochs.TryGetValue(epoch, out var seen))
            {
                _epochs[epoch] = seen = [];
            }

            return seen.TryAdd(offset, (stream, seq)) || seen[offset] == (stream, seq);
        }
    }
}
