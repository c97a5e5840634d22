namespace BfProxy.Playground;

/// <summary>What the page needs to know of the server.</summary>
/// <param name="App">Name of the app to connect as; <see langword="null"/> where the host name decides.</param>
/// <param name="AppKey">The demo app's well-known key in Development, else <see langword="null"/>: no real key is ever handed out.</param>
/// <param name="Providers">Providers in the order to offer them.</param>
internal sealed record PlaygroundConfig(string? App, string? AppKey, IReadOnlyList<PlaygroundProvider> Providers);
