using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Channels;

namespace BfProxy.Tests.Messaging;

/// <summary>What of a channel's past a visitor gets to see.</summary>
public sealed class PastTests : IAsyncLifetime
{
    private MessagingHost _host = null!;
    private MessagingClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await MessagingHost.StartAsync();
        _client = await _host.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_reads_what_was_said_on_an_open_channel_before_he_came()
    {
        Say("secret");
        var (epoch, offset) = Position(await JoinAsync(_client));
        Assert.Equal(1, offset);

        foreach (var guess in (string[])[epoch, epoch.Split('.')[0], Forge(epoch, "0"), $"{epoch.Split('.')[0]}.0.AAAAAAAAAAAA", "x", ".", "..", "a..b", $"{epoch}.{epoch}"])
        {
            using var thief = await _host.ConnectAsync();
            Assert.Contains("\"recovered\":false", await JoinAsync(thief, guess, 0), StringComparison.Ordinal);
            Say("public");
            Assert.Contains("public", await thief.ReadAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_comes_back_with_his_epoch_keeps_it_however_often()
    {
        Say("secret");
        var (epoch, offset) = Position(await JoinAsync(_client));
        for (var i = 0; i < 3; i++)
        {
            Say($"missed {i}");
            using var again = await _host.ConnectAsync();
            var reply = await JoinAsync(again, epoch, offset);
            Assert.Contains("\"recovered\":true", reply, StringComparison.Ordinal);
            Assert.Equal((epoch, ++offset), Position(reply));
            Assert.Contains($"missed {i}", await again.ReadAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_epoch_is_good_for_its_own_channel_only()
    {
        var (epoch, _) = Position(await JoinAsync(_client));
        Assert.Contains("\"recovered\":false", await JoinAsync(_client, epoch, 0, "b"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_shows_no_messages_of_others()
    {
        Say("secret");
        using var late = await _host.ConnectAsync();
        await late.AskAsync("""{"action":"channelJoinAnon","options":{"channel":"a","since":"start"}}""");
        Say("public");
        Assert.Contains("public", await late.ReadAsync(), StringComparison.Ordinal);
    }

    private static string Forge(string epoch, string floor)
    {
        var parts = epoch.Split('.');
        return $"{parts[0]}.{floor}.{parts[2]}";
    }

    private static (string Epoch, long Offset) Position(string reply)
    {
        var node = JsonNode.Parse(reply)!;
        return (node["epoch"]!.GetValue<string>(), node["offset"]!.GetValue<long>());
    }

    private static Task<string> JoinAsync(MessagingClient client) => client.AskAsync("""{"action":"channelJoinAnon","options":{"channel":"a"}}""");

    private static Task<string> JoinAsync(MessagingClient client, string epoch, long offset, string channel = "a") => client.AskAsync(
        $$$$"""{"action":"channelJoinAnon","options":{"channel":"{{{{channel}}}}","since":{"epoch":"{{{{epoch}}}}","offset":{{{{offset}}}}}}}""");

    private void Say(string text) => _host.Hub.Publish(TestHub.Scope, "a", Encoding.UTF8.GetBytes($"\"message\":\"{text}\"}}"));
}
