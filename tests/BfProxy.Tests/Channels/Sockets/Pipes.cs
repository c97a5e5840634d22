using System.IO.Pipelines;

namespace BfProxy.Tests.Channels.Sockets;

internal sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
