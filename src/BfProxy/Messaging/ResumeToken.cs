using System.Runtime.InteropServices;
using BfProxy.Backplane;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>
/// Proof of having been a connection, and where it lived: <c>node.connection.tag</c>. Any node can check the tag, 128 bits under
/// the shared key, so that nothing is kept for it, and a token of another app or host is none.
/// </summary>
/// <param name="NodeId">The node that gave it out.</param>
/// <param name="ConnectionId">The connection.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ResumeToken(string NodeId, string ConnectionId)
{
    private const int TagBytes = 16;
    private const int MaxLength = 256;

    public string Write(SharedKey key, ChannelScope scope)
    {
        var text = Text(scope);
        return $"{NodeId}.{ConnectionId}.{key.Tag(text, TagBytes)}";
    }

    public static bool TryRead(string? text, SharedKey key, ChannelScope scope, out ResumeToken token)
    {
        token = default;
        if (text is not { Length: <= MaxLength } || text.Split('.') is not [var node, var connection, var tag])
        {
            return false;
        }

        token = new ResumeToken(node, connection);
        return key.IsTag(tag, token.Text(scope), TagBytes);
    }

    private string Text(ChannelScope scope) => $"resume\0{scope.App}\0{scope.Host}\0{NodeId}\0{ConnectionId}";
}
