using BfProxy.Security;

namespace BfProxy.Forwarding;

/// <summary>Whose events go where.</summary>
/// <param name="App">The app.</param>
/// <param name="Host">The host part of its channel names.</param>
/// <param name="Channels">The request's channels, distinct.</param>
/// <param name="ActionName">The named action of the events, if any.</param>
/// <param name="AppKey">The app's key that the request brought, if any.</param>
/// <param name="MaxBytes">Most bytes that may wait for BetterForms.</param>
internal sealed record StreamDelivery(App App, string Host, IReadOnlyList<string> Channels, string? ActionName, string? AppKey, long MaxBytes);
