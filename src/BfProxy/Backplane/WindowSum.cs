namespace BfProxy.Backplane;

/// <summary>A sum within its window.</summary>
/// <param name="Sum">The sum, the latest addition included.</param>
/// <param name="Left">How long until it begins anew.</param>
internal readonly record struct WindowSum(long Sum, TimeSpan Left);
