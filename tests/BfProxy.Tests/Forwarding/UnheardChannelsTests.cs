using System.Net;
using BfProxy.Tests.Host;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>A stream to a name that nobody may join is accepted; the log says so once, however often it comes.</summary>
public sealed class UnheardChannelsTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;

    [Fact]
    public async Task Each_name_that_nobody_may_join_is_logged_once()
    {
        await using var host = await ProxyHost.StartAsync();

        await StreamAsync(host, """["closed","anonymous","open-1","tab|x"]""");
        await StreamAsync(host, """["closed","authenticated"]""");

        Assert.Equal(2, host.Logs.Split("[405]").Length - 1);
        await host.LoggedAsync("'closed'");
        await host.LoggedAsync("'authenticated'");
    }

    [Fact]
    public async Task An_app_with_users_may_stream_to_any_name()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Apps:test:TokenSecret"] = "0123456789abcdef0123456789abcdef" });

        await StreamAsync(host, """["closed"]""");

        Assert.DoesNotContain("[405]", host.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_cannot_fill_log_and_memory_with_names()
    {
        await using var host = await ProxyHost.StartAsync();

        for (var i = 0; i < 11; i++)
        {
            var names = Enumerable.Range(i * 100, 100).Select(n => $"\"closed\\n{n}\"");
            await StreamAsync(host, $"[{string.Join(',', names)}]");
        }

        await host.LoggedAsync("'closed?0'");
        Assert.Equal(1_000, host.Logs.Split("[405]").Length - 1);
    }

    private static async Task StreamAsync(ProxyHost host, string channels)
    {
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("hi"));
        using var answer = await host.ChatAsync(Streaming, channels);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }
}
