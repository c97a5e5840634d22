using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Assistants;

/// <summary>A conversation that somebody else holds: waited for as long as that helps, and then said to be busy.</summary>
public sealed class AssistantLockTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_is_locked_for_more_than_twenty_seconds_is_409_and_free_again_for_the_next(bool stream)
    {
        await using var host = await AssistantHost.StartAsync(time: _time);
        var began = _time.GetUtcNow();
        var thread = AssistantHost.Id(await host.RunAsync(AssistantHost.Body("first")));
        host.Proxy.Provider.Script(ResponsesScripts.Path, FakeConversations.Locked());
        var before = Asked(host);

        var run = host.Proxy.PostAsync(AssistantHost.Path, AssistantHost.Body("red", thread, stream));
        await AdvanceUntilAsync(host.Proxy, run);
        using var refused = await run;

        Assert.Equal((409, TimeSpan.FromSeconds(1)), ((int)refused.StatusCode, refused.Headers.RetryAfter?.Delta));
        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.FromSeconds(20), TimeSpan.MaxValue);
        Assert.InRange(Asked(host) - before, 5, 100);
        Assert.DoesNotContain(host.Conversations.Lines(thread), static line => line.Contains("red", StringComparison.Ordinal));

        host.Proxy.Provider.Script(ResponsesScripts.Path, Script.Sse(ResponsesFrames.Chat("Here I am.")));
        Assert.Equal("Here I am.", AssistantHost.TextOf(await host.RunAsync(AssistantHost.Body("blue", thread))));
    }

    private static int Asked(AssistantHost host) => host.Proxy.Provider.Requests.Count(static request => request.Path == ResponsesScripts.Path);

    private async Task AdvanceUntilAsync(ProxyHost host, Task done)
    {
        for (var i = 0; i < 3000 && !done.IsCompleted; i++)
        {
            using var live = await host.Http.GetAsync(new Uri("health/live", UriKind.Relative));
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await done.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
