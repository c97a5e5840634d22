using System.Globalization;
using System.Text;
using BfProxy.Configuration;
using BfProxy.Hooks;
using BfProxy.Tests.Host;
using FakeProvider;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Hooks;

/// <summary>A call to a back end: what the back end gets, and what every kind of answer or failure comes to.</summary>
public sealed class HookClientTests
{
    private const string App = "test";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"name":"日本"}""");

    [Fact]
    public async Task A_call_is_signed_and_carries_its_headers_and_key()
    {
        await using var receiver = await HookReceiver.StartAsync(TimeProvider.System);
        await using var host = await StartAsync(receiver.Address, new() { ["Headers:Authorization"] = "Bearer back-end" });

        var result = await CallAsync(host, "call_1");

        Assert.Equal("""{"success":true,"message":"done","data":{}}""", Encoding.UTF8.GetString(result.Body.Span));
        Assert.True(result is { IsAnswer: true, IsJson: true, Status: 200 });
        var call = Assert.Single(receiver.Calls);
        Assert.Equal("""{"name":"日本"}""", call.Body);
        Assert.Equal("call_1", call.Headers["Idempotency-Key"]);
        Assert.Equal("Bearer back-end", call.Headers["Authorization"]);
        Assert.Equal("application/json", call.Headers["Content-Type"]);
        Assert.Matches("^t=[0-9]{10},v1=[0-9a-f]{64}$", call.Headers["X-BfProxy-Signature"]);
        Assert.DoesNotContain("traceparent", call.Headers.Keys);
    }

    [Fact]
    public async Task Equal_bodies_within_a_second_are_signed_differently()
    {
        var time = new ManualTimeProvider();
        await using var receiver = await HookReceiver.StartAsync(time);
        await using var host = await StartAsync(receiver.Address, time: time);

        for (var i = 0; i < 5; i++)
        {
            Assert.True((await CallAsync(host)).IsAnswer);
        }

        Assert.Equal(5, receiver.Calls.Select(call => call.Headers["X-BfProxy-Signature"]).Distinct().Count());
    }

    [Theory]
    [InlineData(200, "application/json", """{"a":1}""", true)]
    [InlineData(201, "application/problem+json", """[1]""", true)]
    [InlineData(200, "application/json", "42", true)]
    [InlineData(200, "text/html", """ {"a":1} """, true)]
    [InlineData(200, "text/plain; charset=utf-8", """{"a":1}""", true)]
    [InlineData(200, "text/plain", "It is 7 o'clock", false)]
    [InlineData(200, "text/plain", "<p>7 o'clock</p>", false)]
    [InlineData(200, "text/plain", "", false)]
    public async Task Json_and_plain_text_are_answers(int status, string type, string body, bool isJson)
    {
        await using var host = await StartAsync();
        host.Provider.Script("/hook", Script.Whole(status, type, body));

        var result = await CallAsync(host);

        Assert.Equal(HookFailure.None, result.Failure);
        Assert.Equal(isJson, result.IsJson);
        Assert.Equal(body, Encoding.UTF8.GetString(result.Body.Span));
    }

    public static TheoryData<string, string> Failures => new()
    {
        { "html", "NotAnAnswer 200" },
        { "broken json", "NotAnAnswer 200" },
        { "not utf-8", "NotAnAnswer 200" },
        { "compressed", "NotAnAnswer 200" },
        { "500", "Status 500" },
        { "404 html", "Status 404" },
        { "redirect", "Status 302" },
        { "reset", "Unreachable 0" },
        { "cut", "Unreachable 0" },
        { "10 MB", "TooLarge 200" },
        { "10 MB unannounced", "TooLarge 200" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Every_other_answer_is_a_named_failure(string what, string expected)
    {
        await using var host = await StartAsync();
        host.Provider.Script("/hook", ScriptOf(what));
        host.Provider.Script("/elsewhere", Script.Json(200, "{}"));

        var result = await CallAsync(host);

        Assert.Equal(expected, $"{result.Failure} {result.Status}");
        Assert.True(result.Body.IsEmpty);
        Assert.Single(host.Provider.Requests);
        await host.LoggedAsync($"hook of app test failed");
        Assert.DoesNotContain(HookReceiver.Secret, host.Logs, StringComparison.Ordinal);
        Assert.DoesNotContain("日本", host.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_that_is_down_is_unreachable_and_one_that_is_missing_not_configured()
    {
        await using var host = await StartAsync(new Uri("http://127.0.0.1:1/hook"));

        Assert.Equal(HookFailure.Unreachable, (await CallAsync(host)).Failure);
        Assert.Equal(HookFailure.NotConfigured, (await Client(host).CallAsync(App, HookKind.Messages, Body, "k", default)).Failure);
        Assert.Equal(HookFailure.NotConfigured, (await Client(host).CallAsync("nobody", HookKind.Tools, Body, "k", default)).Failure);
        Assert.True(Client(host).Has(App, HookKind.Tools));
        Assert.False(Client(host).Has(App, HookKind.Messages));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slow_hook_times_out_and_its_connection_is_closed(bool afterHeaders)
    {
        var time = new ManualTimeProvider();
        await using var host = await StartAsync(time: time);
        var gate = new Gate();
        host.Provider.Script("/hook", (afterHeaders ? Script.Empty.Status(200, "application/json").Text("{") : Script.Empty).Wait(gate));

        var call = CallAsync(host);
        await gate.ReachedAsync();
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HookFailure.Timeout, (await call).Failure);
        await (await host.Provider.NextRequestAsync()).PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_its_connection_is_closed()
    {
        await using var host = await StartAsync();
        var gate = new Gate();
        host.Provider.Script("/hook", Script.Empty.Wait(gate));
        using var cancel = new CancellationTokenSource();

        var call = Client(host).CallAsync(App, HookKind.Tools, Body, "k", cancel.Token);
        await gate.ReachedAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await (await host.Provider.NextRequestAsync()).PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Calls_beyond_the_concurrency_wait_for_their_turn()
    {
        await using var host = await StartAsync(settings: new() { ["Concurrency"] = "1" });
        var gate = new Gate();
        host.Provider.Script("/hook", Script.Empty.Wait(gate).Status(200, "application/json").Text("1"), Script.Json(200, "2"));

        var first = CallAsync(host);
        await gate.ReachedAsync();
        var second = CallAsync(host);
        Assert.Single(host.Provider.Requests);
        using var leave = new CancellationTokenSource();
        var leaver = Client(host).CallAsync(App, HookKind.Tools, Body, "k", leave.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        gate.Release();
        Assert.True((await first).IsAnswer);
        Assert.Equal("2", Encoding.UTF8.GetString((await second).Body.Span));
    }

    [Fact]
    public async Task A_call_whose_turn_does_not_come_in_time_is_busy_and_was_never_sent()
    {
        var time = new ManualTimeProvider();
        await using var host = await StartAsync(settings: new() { ["Concurrency"] = "1", ["Timeout"] = "00:00:10", ["Retries"] = "1" }, time: time);
        var gate = new Gate();
        host.Provider.Script("/hook", Script.Empty.Wait(gate));

        // The first call's retry waits a second between its tries, and keeps its turn meanwhile.
        var first = CallAsync(host);
        await gate.ReachedAsync();
        var second = CallAsync(host);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(HookFailure.Busy, (await second).Failure);
        Assert.False(first.IsCompleted);
        Assert.Single(host.Provider.Requests);
        gate.Release();
        time.Advance(TimeSpan.FromSeconds(60));
        await UntilAsync(first, time);
    }

    [Fact]
    public async Task Calls_for_which_there_is_no_room_to_wait_are_busy_at_once()
    {
        await using var host = await StartAsync(settings: new() { ["Concurrency"] = "1" });
        var gate = new Gate();
        host.Provider.Script("/hook", Script.Empty.Wait(gate));
        using var leave = new CancellationTokenSource();
        var calls = Enumerable.Range(0, HookTurns.MaxWaiting + 1).Select(_ => Client(host).CallAsync(App, HookKind.Tools, Body, "k", leave.Token)).ToList();
        await gate.ReachedAsync();

        Assert.Equal(HookFailure.Busy, (await CallAsync(host)).Failure);

        Assert.DoesNotContain(calls, call => call.IsCompleted);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));
    }

    [Theory]
    [InlineData("500", 2)]
    [InlineData("reset", 2)]
    [InlineData("404 html", 1)]
    [InlineData("html", 1)]
    public async Task Only_what_may_pass_is_tried_again_and_signed_anew(string what, int tries)
    {
        await using var host = await StartAsync(settings: new() { ["Retries"] = "1" });
        host.Provider.Script("/hook", ScriptOf(what), Script.Json(200, """{"success":true}"""));

        var result = await CallAsync(host, "call_7");

        Assert.Equal(tries == 2, result.IsAnswer);
        Assert.Equal(tries, host.Provider.Requests.Count);
        Assert.All(host.Provider.Requests, request => Assert.Equal("call_7", request.Headers["Idempotency-Key"]));
        Assert.Equal(tries, host.Provider.Requests.Select(request => request.Headers["X-BfProxy-Signature"]).Distinct().Count());
    }

    [Fact]
    public async Task Bad_hooks_are_listed_at_start()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new()
        {
            ["BfProxy:Apps:test:Hooks:Tools:Url"] = "ftp://back.example/",
            ["BfProxy:Apps:test:Hooks:Tools:Headers:Content-Type"] = "text/plain",
            ["BfProxy:Apps:test:Hooks:Tools:Headers:X-Bad"] = "a\nb",
            ["BfProxy:Apps:test:Hooks:Tools:Concurrency"] = "0",
            ["BfProxy:Apps:test:Hooks:Tools:Timeout"] = "01:00:00",
            ["BfProxy:Apps:test:Hooks:Messages:Url"] = "https://me:hushhush@back.example/",
            ["BfProxy:Apps:test:Hooks:Messages:Secret"] = "s",
            ["BfProxy:Apps:test:Hoks:Messages:Secret"] = "s",
            ["BfProxy:Apps:other:Hooks:Tols:Url"] = "https://back.example/",
        }));

        string[] expected =
        [
            "Tools:Url: expected", "Secret", "Headers:Content-Type", "Headers:X-Bad", "Concurrency", "Tools:Timeout: '01:00:00'", "Messages:Url: a user name", "'Hoks'", "'Tols'",
        ];
        Assert.All(expected, part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("hushhush", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_is_a_good_configuration_once_it_has_its_secrets()
    {
        var example = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "config", "examples", "hooks.json")).Build();
        var settings = example.AsEnumerable().Where(pair => pair.Value is not null).ToDictionary(StringComparer.Ordinal);
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(settings));
        Assert.All(["Hooks:Tools", "Hooks:Messages", "Secret"], key => Assert.Contains(key, fault.Message, StringComparison.Ordinal));
        settings["BfProxy:Apps:shop:Hooks:Tools:Secret"] = HookReceiver.Secret;
        settings["BfProxy:Apps:shop:Hooks:Messages:Secret"] = HookReceiver.Secret;

        await using var host = await ProxyHost.StartAsync(settings);

        Assert.True(Client(host).Has("shop", HookKind.Tools));
        Assert.True(Client(host).Has("shop", HookKind.Messages));
    }

    private static Script ScriptOf(string what) => what switch
    {
        "html" => Script.Html(200, "<html>Sign in</html>"),
        "broken json" => Script.Json(200, """{"a":"""),
        "not utf-8" => Script.Empty.Status(200, "text/plain").Bytes(new byte[] { 0x41, 0xE4, 0x42 }),
        "compressed" => Script.Empty.Status(200, "application/json").Header("Content-Encoding", "br").Text("{}"),
        "500" => Script.Json(500, """{"error":"x"}"""),
        "404 html" => Script.Html(404, "<html>"),
        "redirect" => Script.Redirect("/elsewhere"),
        "reset" => Script.Empty.Reset(),
        "cut" => Script.Empty.Status(200, "application/json").Text("""{"a":1""").Cut(),
        "10 MB" => Script.Whole(200, "application/json", new string(' ', 10_000_000) + "1"),
        _ => Script.Empty.Status(200, "text/plain").SendHeaders().Text(new string('x', 10_000_000)),
    };

    private static async Task UntilAsync(Task call, ManualTimeProvider time)
    {
        while (await Task.WhenAny(call, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System)) != call)
        {
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static Task<HookResult> CallAsync(ProxyHost host, string key = "k") => Client(host).CallAsync(App, HookKind.Tools, Body, key, CancellationToken.None);

    private static HookClient Client(ProxyHost host) => host.Services.GetRequiredService<HookClient>();

    /// <summary>The app's tool hook leads to <paramref name="url"/>, else to path <c>/hook</c> of the fake provider.</summary>
    private static async Task<ProxyHost> StartAsync(Uri? url = null, Dictionary<string, string?>? settings = null, TimeProvider? time = null)
    {
        const string section = "BfProxy:Apps:test:Hooks:Tools:";
        var all = (settings ?? []).ToDictionary(pair => section + pair.Key, pair => pair.Value, StringComparer.Ordinal);
        all[section + "Url"] = url?.ToString() ?? "http://127.0.0.1:1/";
        all[section + "Secret"] = HookReceiver.Secret;
        var host = await ProxyHost.StartAsync(all, time);
        if (url is null)
        {
            host.App.Configuration[section + "Url"] = string.Create(CultureInfo.InvariantCulture, $"{host.Provider.BaseAddress}hook");
            Assert.False(host.Services.GetRequiredService<SettingsReload>().Read().Any);
        }

        return host;
    }
}
