namespace BfProxy.Tests.Messaging;

public sealed class NodesInOneProcessTests : NodesTests
{
    internal override Task<UsersHost[]> StartAsync() => UsersHost.StartNodesAsync(3, OpenNames);
}
