using BfProxy.Backplane;

namespace BfProxy.Messaging;

/// <summary>
/// The key that epochs and resume tokens are signed with, asked for once. Without the others a node signs with its own, which they
/// do not know; a store that may have lost the key is given it again.
/// </summary>
internal sealed class MessagingKey
{
    private const string Name = "messaging:key";

    private readonly IStateStore _store;
    private SharedKey? _key;
    private volatile bool _isShared;

    public MessagingKey(IStateStore store)
    {
        _store = store;
        store.Returned += () => _isShared = false;
    }

    public async ValueTask<SharedKey> GetAsync(CancellationToken cancellationToken)
    {
        if (_isShared && _key is { } known)
        {
            return known;
        }

        try
        {
            _isShared = true;
            return _key = await SharedKey.GetAsync(_store, Name, _key, cancellationToken);
        }
        catch (StateUnavailableException)
        {
            _isShared = false;
            return _key ??= SharedKey.Create();
        }
    }
}
