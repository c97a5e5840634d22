namespace BfProxy.Transforms.Contract;

/// <summary>What FeathersJS calls an HTTP status.</summary>
/// <param name="Name">Name of the error class, such as <c>NotAuthenticated</c>.</param>
/// <param name="ClassName">The same in dashes, such as <c>not-authenticated</c>.</param>
public readonly record struct ErrorName(string Name, string ClassName);
