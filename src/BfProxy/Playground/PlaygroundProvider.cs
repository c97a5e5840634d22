namespace BfProxy.Playground;

/// <summary>A provider as the page offers it.</summary>
/// <param name="Name">Its name in configuration.</param>
/// <param name="Dialect">The language it speaks.</param>
/// <param name="Models">Models and aliases to offer; any other may be typed in.</param>
/// <param name="DefaultModel">Chosen first, where configured.</param>
/// <param name="KeyRequired">Whether it wants a key at all.</param>
/// <param name="HasServerKey">Whether the server holds one. The key itself never goes to the page.</param>
internal sealed record PlaygroundProvider(
    string Name,
    string Dialect,
    IReadOnlyList<string> Models,
    string? DefaultModel,
    bool KeyRequired,
    bool HasServerKey);
