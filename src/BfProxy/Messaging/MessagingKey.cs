using BfProxy.Backplane;

namespace BfProxy.Messaging;

/// <summary>The key that epochs and resume tokens are signed with, asked for once.</summary>
internal sealed class MessagingKey(IStateStore store)
{
    private const string Name = "messaging:key";

    private SharedKey? _key;

    public async ValueTask<SharedKey> GetAsync(CancellationToken cancellationToken) =>
        _key ??= await SharedKey.GetAsync(store, Name, cancellationToken);
}
