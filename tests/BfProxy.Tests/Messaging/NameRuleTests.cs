using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BfProxy.Tests.Security;
using FsCheck.Fluent;

namespace BfProxy.Tests.Messaging;

/// <summary>Who may listen where: the rule, said a second time, against the running app.</summary>
public sealed class NameRuleTests : IAsyncLifetime
{
    private const int Names = 400;
    private static readonly string[] Patterns = ["chat*", "a", "b", "*-room", "u-*"];

    private UsersHost _host = null!;
    private MessagingClient _stranger = null!;
    private MessagingClient _user = null!;
    private MessagingClient _named = null!;

    public async Task InitializeAsync()
    {
        _host = await UsersHost.StartAsync("--BfProxy:Apps:demo:AnonymousChannels:4=u-*");
        await _host.CallAsync("adduser", """ "users":[{"id":"u-2","channels":["board"]}]""");
        _stranger = await _host.Host.ConnectAsync();
        _user = await _host.EnterAsync("USER_1", ""","channels":["sales"]""");
        _named = await _host.EnterAsync("u-1");
    }

    public async Task DisposeAsync()
    {
        _stranger.Dispose();
        _user.Dispose();
        _named.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Every_name_is_open_to_those_only_whom_the_rule_lets_in()
    {
        MessagingClient[] clients = [_stranger, _user, _named];
        var pieces = Gen.Elements(
            "anonymous", "authenticated", "tab|", "TAB|", "Authenticated", "USER_1", "USER_2", "user_1", "u-1", "u-2", "u-3", "U-1", "sales", "board", "chat", "chatRoom", "-room", "a", "b",
            "*", " ", "\u0000", "\n", "日本", "é", "e\u0301", "😀", new string('x', 199), _stranger.ConnectionId, _user.ConnectionId, _named.ConnectionId, ".", ",", "|");
        var name = from count in Gen.Choose(0, 3)
                   from some in Gen.ArrayOf(pieces, count)
                   select string.Concat(some);
        string[] tried = [.. name.Sample(Names), $"tab|{_user.ConnectionId}", $"tab|{_stranger.ConnectionId}", "USER_1", "u-1", "u-2", "sales", "board", "anonymous", "authenticated", new string('x', 200)];
        foreach (var one in tried.Distinct(StringComparer.Ordinal))
        {
            foreach (var client in clients)
            {
                Assert.Equal((one, Expected(client, one)), (one, await TryAsync(client, one)));
            }
        }
    }

    [Fact]
    public async Task The_same_name_is_another_channel_in_another_app_and_on_another_host()
    {
        await using var host = await UsersHost.StartAsync(
            "--BfProxy:Apps:demo:Domains:0=127.0.0.1", "--BfProxy:Apps:demo:Domains:1=localhost", "--BfProxy:Apps:other:ApiKeys:0=BFAPI_other", $"--BfProxy:Apps:other:TokenSecret={TokenText.Secret}2");
        using var here = await host.Host.ConnectAsync();
        using var there = await MessagingClient.ConnectAsync(new UriBuilder(host.Host.Address) { Host = "localhost" }.Uri);
        foreach (var client in (MessagingClient[])[here, there])
        {
            await AuthenticateTests.AuthenticateAsync(client, "USER_1", ""","channels":["sales"]""");
        }

        await host.CallAsync("sendmessage", """ "channels":["sales","USER_1","authenticated"],"message":{"only":"127.0.0.1"}""");
        await host.CallAsync("removeuser", """ "users":[{"id":"USER_1","channels":["sales"]}]""");
        for (var i = 0; i < 3; i++)
        {
            Assert.Contains("only", await here.ReadAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("""{"left":{"channel":"sales"}}""", await here.ReadAsync());
        Assert.StartsWith("""{"id":7,""", await there.AskAsync("""{"id":7,"action":"fly"}"""), StringComparison.Ordinal);
        Assert.Equal("""{"sales":[]}""", await host.CallAsync("users", "\"channel\":\"sales\""));
    }

    [Fact]
    public async Task A_domain_of_another_app_is_not_entered_with_a_token_nor_asked_about_with_a_key()
    {
        await using var host = await UsersHost.StartAsync("--BfProxy:Apps:other:Domains:0=127.0.0.1");
        Assert.Equal(403, (await host.PostAsync("users")).Status);
        using var client = await MessagingClient.ConnectAsync(host.Host.Address, query: "app=demo");
        Assert.Contains("10115", await AuthenticateTests.AuthenticateAsync(client, "USER_1"), StringComparison.Ordinal);
    }

    /// <summary>Null where the name may be joined, else the number of the refusal.</summary>
    private int? Expected(MessagingClient client, string name)
    {
        if (name.Length == 0)
        {
            return 10130;
        }

        if (name.Length > 200)
        {
            return 10107;
        }

        string[] own = client == _user ? ["USER_1", "sales", "authenticated"] : client == _named ? ["u-1", "authenticated"] : [];
        var mine = own.Append($"tab|{client.ConnectionId}").Contains(name, StringComparer.Ordinal);
        var reserved = name.StartsWith("tab|", StringComparison.Ordinal) || name is "authenticated" or "USER_1" or "u-1" or "u-2";
        var open = name == "anonymous" || Patterns.Any(pattern => Regex.IsMatch(name, $"\\A{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}\\z", RegexOptions.Singleline | RegexOptions.NonBacktracking));
        return mine || (open && !reserved) ? null : 10132;
    }

    private static async Task<int?> TryAsync(MessagingClient client, string name)
    {
        var options = new JsonObject { ["channel"] = name };
        var reply = JsonNode.Parse(await client.AskAsync(new JsonObject { ["id"] = 1, ["action"] = "channelJoinAnon", ["options"] = options }.ToJsonString()))!;
        if (reply["ok"] is not null)
        {
            options = new JsonObject { ["channel"] = name };
            await client.AskAsync(new JsonObject { ["id"] = 1, ["action"] = "channelLeaveAnon", ["options"] = options }.ToJsonString());
        }

        return reply["error"]?["code"]?.GetValue<int>();
    }
}
