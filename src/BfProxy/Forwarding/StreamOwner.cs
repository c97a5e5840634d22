namespace BfProxy.Forwarding;

/// <summary>Whose stream it is: the app and the host scope within which its id is a permission.</summary>
internal readonly record struct StreamOwner(string App, string Host);
