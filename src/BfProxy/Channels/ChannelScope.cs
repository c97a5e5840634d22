namespace BfProxy.Channels;

/// <summary>Where channel names live: two scopes never meet.</summary>
/// <param name="App">The app's name.</param>
/// <param name="Host">The host name; empty for the app's default scope.</param>
internal readonly record struct ChannelScope(string App, string Host);
