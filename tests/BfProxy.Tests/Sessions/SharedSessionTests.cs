using BfProxy.Tests.Backplane;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Sessions;

/// <summary>Conversations where nodes share their state: any of them can go on with one.</summary>
public sealed class SharedSessionTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task Each_request_of_a_conversation_may_arrive_at_another_node()
    {
        var shared = new Dictionary<string, string?>(StringComparer.Ordinal) { ["BfProxy:Backplane:Redis"] = redis.ConnectionString };
        await using var one = await BotHost.StartAsync(shared);
        await using var two = await BotHost.StartAsync(shared);
        one.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Green tea."));
        two.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Black tea."));

        var session = await one.StartAsync();
        await two.SayAsync(session, "Which?");
        var first = BotHost.TextOf(await one.StreamAsync(session));
        var again = BotHost.TextOf(await two.StreamAsync(session));
        await two.SayAsync(session, first);
        await one.SayAsync(session, "Another?");
        var second = BotHost.TextOf(await two.StreamAsync(session));

        Assert.Equal(("Green tea.", "Green tea.", "Black tea."), (first, again, second));
        Assert.Equal(["You sell tea.", "Which?", "Green tea.", "Another?"], two.Provider.Requests[0].ReadJson().GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").GetString()));
    }
}
