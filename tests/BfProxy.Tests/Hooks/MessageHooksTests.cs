using System.Text;
using BfProxy.Hooks;
using BfProxy.Tests.Host;
using FakeProvider;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Hooks;

/// <summary>Visitors' messages on their way to the message hook.</summary>
public sealed class MessageHooksTests
{
    [Fact]
    public async Task Messages_of_a_connection_arrive_in_order_and_signed_each_for_itself()
    {
        await using var receiver = await HookReceiver.StartAsync(TimeProvider.System);
        await using var host = await StartAsync(receiver.Address);
        var hooks = host.Services.GetRequiredService<MessageHooks>();

        for (var i = 0; i < 30; i++)
        {
            Assert.True(hooks.Enqueue("test", Call("c1", i)));
            Assert.True(hooks.Enqueue("test", Call("c2", i)));
        }

        await receiver.CallsAsync(60);
        await host.StopAsync();
        Assert.All(receiver.Calls, call => Assert.Equal(200, call.Status));
        foreach (var connection in new[] { "c1", "c2" })
        {
            var bodies = receiver.Calls.Select(call => call.Body).Where(body => body.Contains($"\"{connection}\"", StringComparison.Ordinal));
            Assert.Equal(Enumerable.Range(0, 30).Select(i => Encoding.UTF8.GetString(Call(connection, i).ToJson())), bodies);
        }
    }

    [Fact]
    public async Task What_one_message_tells_of_several_channels_is_taken_whole_or_not_at_all()
    {
        await using var back = await FakeProviderServer.StartAsync();
        var gate = new Gate();
        back.Handle("/hook", _ => Script.Empty.Wait(gate).Status(200, "text/plain"));
        await using var host = await StartAsync(new Uri(back.BaseAddress, "hook"));
        var hooks = host.Services.GetRequiredService<MessageHooks>();
        foreach (var i in Enumerable.Range(1, MessageHooks.MaxWaitingOfConnection - 1))
        {
            Assert.True(hooks.Enqueue("test", Call("c1", i)));
        }

        Assert.False(hooks.Enqueue("test", Call("c1", 100), Call("c1", 101)));
        Assert.True(hooks.Enqueue("test", Call("c1", 102)));
        Assert.False(hooks.Enqueue("test", Call("c1", 103)));
        gate.Release();
    }

    [Fact]
    public async Task Equal_messages_of_one_moment_are_no_replays()
    {
        var time = new ManualTimeProvider();
        await using var receiver = await HookReceiver.StartAsync(time);
        await using var host = await StartAsync(receiver.Address, time);

        host.Services.GetRequiredService<MessageHooks>().Enqueue("test", Call("c1", 1));
        host.Services.GetRequiredService<MessageHooks>().Enqueue("test", Call("c1", 1));

        await host.StopAsync();
        Assert.Equal([200, 200], receiver.Calls.Select(call => call.Status));
    }

    [Fact]
    public async Task A_hook_that_hangs_holds_up_no_other_connection_and_what_has_no_room_is_dropped()
    {
        var time = new ManualTimeProvider();
        await using var back = await FakeProviderServer.StartAsync();
        var gate = new Gate();
        back.Handle("/hook", request => request.BodyText.Contains("\"c1\"", StringComparison.Ordinal) ? Script.Empty.Wait(gate).Status(200, "text/plain") : Script.Json(200, "{}"));
        await using var host = await StartAsync(new Uri(back.BaseAddress, "hook"), time);
        var hooks = host.Services.GetRequiredService<MessageHooks>();

        Assert.Equal(MessageHooks.MaxWaitingOfConnection, Enumerable.Range(0, 200).Count(i => hooks.Enqueue("test", Call("c1", i))));
        await gate.ReachedAsync();
        Assert.True(hooks.Enqueue("test", Call("c2", 0)));
        await back.NextRequestAsync();
        Assert.Contains("\"c2\"", (await back.NextRequestAsync()).BodyText, StringComparison.Ordinal);
        Assert.Equal(1, Count(host.Logs, "were dropped"));
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.False(hooks.Enqueue("test", Call("c1", 0)));
        await host.LoggedAsync("136 messages for the hook of app test were dropped");

        gate.Release();
        for (var i = 1; i < MessageHooks.MaxWaitingOfConnection; i++)
        {
            Assert.Equal(Encoding.UTF8.GetString(Call("c1", i).ToJson()), (await back.NextRequestAsync()).BodyText);
        }
    }

    [Fact]
    public async Task An_apps_waiting_messages_have_a_bound_in_bytes()
    {
        await using var back = await FakeProviderServer.StartAsync();
        var gate = new Gate();
        back.Script("/hook", Script.Empty.Wait(gate).Status(200, "text/plain"));
        await using var host = await StartAsync(new Uri(back.BaseAddress, "hook"));
        var hooks = host.Services.GetRequiredService<MessageHooks>();
        var megabyte = Encoding.UTF8.GetBytes($"\"{new string('x', 1024 * 1024)}\"");

        var taken = Enumerable.Range(0, 20).Count(i => hooks.Enqueue("test", Call("c" + i, i) with { Message = megabyte }));

        Assert.Equal(7, taken);
        gate.Release();
    }

    [Fact]
    public async Task A_node_that_stops_does_not_wait_for_a_hook_that_hangs()
    {
        await using var back = await FakeProviderServer.StartAsync();
        var gate = new Gate();
        back.Script("/hook", Script.Empty.Wait(gate));
        await using var host = await StartAsync(new Uri(back.BaseAddress, "hook"));
        var hooks = host.Services.GetRequiredService<MessageHooks>();
        hooks.Enqueue("test", Call("c1", 1));
        hooks.Enqueue("test", Call("c1", 2));
        await gate.ReachedAsync();

        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));

        await host.LoggedAsync("2 messages for the hook of app test were dropped");
        Assert.False(hooks.Enqueue("test", Call("c1", 3)));
    }

    [Fact]
    public async Task An_app_without_a_hook_takes_no_messages()
    {
        await using var host = await ProxyHost.StartAsync();

        Assert.False(host.Services.GetRequiredService<MessageHooks>().Enqueue("test", Call("c1", 1)));
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static MessageHookCall Call(string connection, int number) =>
        new("salesRoom", "listen", Encoding.UTF8.GetBytes($$"""{"n":{{number}}}"""), new HookUser("USER_1", null), connection, "shop.example");

    private static Task<ProxyHost> StartAsync(Uri url, TimeProvider? time = null) => ProxyHost.StartAsync(
        new()
        {
            ["BfProxy:Apps:test:Hooks:Messages:Url"] = url.ToString(),
            ["BfProxy:Apps:test:Hooks:Messages:Secret"] = HookReceiver.Secret,
        },
        time);
}
