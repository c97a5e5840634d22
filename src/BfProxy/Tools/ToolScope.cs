using System.Collections.Frozen;

namespace BfProxy.Tools;

/// <summary>For whom and within what tools are run.</summary>
/// <param name="App">The app's name.</param>
/// <param name="Host">The host that the request came to.</param>
/// <param name="StreamId">The stream, which a back end may know from its acknowledgment.</param>
/// <param name="ThreadId">The conversation, where there is one.</param>
/// <param name="RunId">The run in it, where there is one.</param>
/// <param name="Channels">Where pages listen; empty where the request does not stream.</param>
/// <param name="ActionName">The request's named action.</param>
/// <param name="Offered">Names of the tools that the model was offered.</param>
internal sealed record ToolScope(
    string App,
    string Host,
    string StreamId,
    string? ThreadId,
    string? RunId,
    IReadOnlyList<string> Channels,
    string? ActionName,
    FrozenSet<string> Offered);
