namespace BfProxy.Sessions;

/// <summary>A conversation as it stood when it was read.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Session">What is kept of it.</param>
/// <param name="Bytes">The same as it stands in the store: it is changed only where it has not changed since.</param>
internal sealed record StoredSession(string Id, ChatSession Session, byte[] Bytes);
