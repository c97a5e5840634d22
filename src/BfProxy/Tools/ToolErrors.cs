using BfProxy.Transforms.Contract;

namespace BfProxy.Tools;

/// <summary>Failures of a conversation with tools that are not a single tool's.</summary>
internal static class ToolErrors
{
    public static BfError EndlessRounds(string provider, int rounds) => new()
    {
        Status = StatusCodes.Status502BadGateway,
        Message = $"The model went on calling tools after {rounds} rounds (BfProxy:Tools:MaxToolRounds)",
        Provider = provider,
        Kind = BfErrorKind.Server,
    };

    public static BfError NeedsPages(string name) => new()
    {
        Status = StatusCodes.Status400BadRequest,
        Message = $"payload.tools: '{name}' is a front-end tool, which pages run; it needs payload.stream: true",
        Kind = BfErrorKind.BadRequest,
    };
}
