using System.Text.Json.Nodes;
using BfProxy.Tests.Channels;

namespace BfProxy.Tests.Messaging;

/// <summary>Many changes of one user's channels at once, from his pages and his app's server, on two nodes.</summary>
public sealed class MembershipRaceTests
{
    private static readonly string[] Channels = ["c0", "c1", "c2", "c3", "c4"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_joins_and_leaves_fall_pages_end_where_the_store_is(int seed)
    {
        var nodes = await UsersHost.StartNodesAsync(2);
        var pages = new List<MessagingClient>();
        for (var i = 0; i < 6; i++)
        {
            pages.Add(await nodes[i % 2].EnterAsync("USER_1"));
        }

        var random = new Random(seed);
        var model = Channels.ToDictionary(channel => channel, _ => false, StringComparer.Ordinal);
        var heard = pages.ConvertAll(page => Task.Run(() => FollowAsync(page)));
        for (var round = 0; round < 40; round++)
        {
            // Different channels at the same time, so that the model knows the outcome.
            var changes = Channels.Select(channel => (Channel: channel, IsAdded: model[channel] = random.Next(2) == 0, Node: nodes[random.Next(2)])).ToList();
            await Task.WhenAll(changes.Select(change => change.Node.CallAsync(
                change.IsAdded ? "adduser" : "removeuser", $$""" "users":[{"id":"USER_1","channels":["{{change.Channel}}"]}]""")));
        }

        string[] expected = [.. Channels.Where(channel => model[channel])];
        foreach (var node in nodes)
        {
            foreach (var channel in Channels)
            {
                var there = node.Host.Hub.ConnectionsOn(TestHub.Scope, channel);
                Assert.Equal(model[channel] ? 3 : 0, there.Count);
            }

            node.Host.Hub.Publish(TestHub.Scope, "USER_1", "\"message\":{}}"u8.ToArray());
        }

        Assert.All(await Task.WhenAll(heard), channels => Assert.Equal(expected, channels));
        pages.ForEach(page => page.Socket.Abort());
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Pages_that_come_and_go_while_their_user_is_moved_leave_nothing_behind()
    {
        var nodes = await UsersHost.StartNodesAsync(2);
        var moving = Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await nodes[i % 2].CallAsync(i % 3 == 0 ? "removeuser" : "adduser", """ "users":[{"id":"USER_1","channels":["c0","c1"]}]""");
            }
        });
        for (var i = 0; i < 30; i++)
        {
            using var page = await nodes[i % 2].Host.ConnectAsync();
            await page.SendAsync($$$"""{"id":3,"action":"authenticate","options":{"token":"{{{Security.TokenText.For("USER_1")}}}"}}""");
            if (i % 2 == 0)
            {
                await page.ReadAsync();
            }

            page.Socket.Abort();
        }

        await moving;
        foreach (var node in nodes)
        {
            await node.Host.StopAsync();
            Assert.All(Channels, channel => Assert.Empty(node.Host.Hub.ConnectionsOn(TestHub.Scope, channel)));
            Assert.Empty(node.Host.Hub.Occupied(TestHub.Scope));
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_thousand_joins_end_at_the_limit_and_the_connection_stays()
    {
        await using var host = await UsersHost.StartAsync();
        using var client = await host.Host.ConnectAsync();
        var replies = new List<string>();
        for (var i = 0; i < 1_000; i++)
        {
            replies.Add(await client.AskAsync($$$"""{"id":1,"action":"channelJoinAnon","options":{"channel":"chat{{{i}}}"}}"""));
        }

        Assert.Equal(98, replies.Count(reply => reply.Contains("\"ok\":true", StringComparison.Ordinal)));
        Assert.All(replies.Skip(98), reply => Assert.Equal("""{"id":1,"error":{"code":10108,"message":"Too many channels"}}""", reply));
        Assert.Contains("10108", await AuthenticateTests.AuthenticateAsync(client, "USER_1"), StringComparison.Ordinal);
        Assert.Contains("\"ok\":true", await client.AskAsync("""{"id":1,"action":"channelLeaveAnon","options":{"channel":"chat0"}}"""), StringComparison.Ordinal);
    }

    /// <summary>The channels that a page was told it is on, until word comes on the user's own channel.</summary>
    private static async Task<string[]> FollowAsync(MessagingClient page)
    {
        var on = new SortedSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var frame = JsonNode.Parse(await page.ReadAsync())!;
            if (frame["channel"] is not null)
            {
                return [.. on];
            }

            if (frame["joined"] is { } joined)
            {
                Assert.True(on.Add(joined["channel"]!.GetValue<string>()));
            }
            else
            {
                Assert.True(on.Remove(frame["left"]!["channel"]!.GetValue<string>()));
            }
        }
    }
}
