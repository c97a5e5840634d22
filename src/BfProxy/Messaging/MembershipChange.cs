namespace BfProxy.Messaging;

/// <summary>Word to all nodes that the channels of a user were changed in the store.</summary>
/// <param name="App">The app.</param>
/// <param name="Host">The host of its scope.</param>
/// <param name="UserId">The user.</param>
/// <param name="Removed">Channels that he was taken off, which his token may have given him.</param>
internal sealed record MembershipChange(string App, string Host, string UserId, IReadOnlyList<string> Removed);
