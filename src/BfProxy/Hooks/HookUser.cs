namespace BfProxy.Hooks;

/// <summary>An authenticated user, as a hook is told.</summary>
internal sealed record HookUser(string Id, string? Email);
