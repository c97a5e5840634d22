namespace BfProxy.Security;

/// <summary>A user of an app, as the app's token or back end names him.</summary>
internal sealed record User(string Id, string? Email);
