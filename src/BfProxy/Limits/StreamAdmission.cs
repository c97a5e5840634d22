using BfProxy.Transforms.Contract;

namespace BfProxy.Limits;

/// <summary>What came of asking for a stream; given back when the stream is over.</summary>
/// <param name="App">The app, where it has limits and was let in.</param>
/// <param name="StreamId">The stream.</param>
/// <param name="Refusal">Why it may not run now.</param>
internal readonly record struct StreamAdmission(string? App, string? StreamId, BfError? Refusal);
