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

    /// <summary>Asked for on behalf of all: a caller who leaves does not end it, and an idle socket holds no token of its request's.</summary>
    public async ValueTask<SharedKey> GetAsync()
    {
        if (_isShared && _key is { } known)
        {
            return known;
        }

        try
        {
            _isShared = true;
            return _key = await SharedKey.GetAsync(_store, Name, _key, CancellationToken.None);
        }
        catch (StateUnavailableException)
        {
            _isShared = false;
            return _key ??= SharedKey.Create();
        }
    }
}
