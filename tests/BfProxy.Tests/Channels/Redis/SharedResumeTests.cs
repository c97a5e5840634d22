using System.Text.Json.Nodes;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>A connection goes on at another node.</summary>
public sealed class SharedResumeTests
{
    [Fact]
    public async Task A_connection_is_resumed_on_another_node_and_the_old_one_closed()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var old = await nodes.One.ConnectAsync();
        await using var resumed = await nodes.Two.ConnectAsync();

        var reply = await resumed.CommandAsync("resume", new JsonObject { ["resumeToken"] = old.Greeting["resumeToken"]!.DeepClone() });

        Assert.Equal(old.ConnectionId, reply["connectionId"]!.GetValue<string>());
        Assert.Equal(4010, (int?)await old.ReadCloseAsync());
        Assert.True((await resumed.JoinAsync($"tab|{old.ConnectionId}", "start"))["ok"]!.GetValue<bool>());
        var third = await nodes.One.ConnectAsync();
        var again = await third.CommandAsync("resume", new JsonObject { ["resumeToken"] = reply["resumeToken"]!.DeepClone() });
        Assert.Equal(old.ConnectionId, again["connectionId"]!.GetValue<string>());
        Assert.Equal(4010, (int?)await resumed.ReadCloseAsync());
    }
}
