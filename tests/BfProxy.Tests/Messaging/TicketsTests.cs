using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Messaging;

namespace BfProxy.Tests.Messaging;

public sealed class TicketsTests
{
    private static readonly ChannelScope Scope = new("demo", "a.example");
    private readonly ManualTimeProvider _time = new();
    private readonly Tickets _tickets;

    public TicketsTests() => _tickets = new Tickets(new MemoryStateStore(_time));

    [Fact]
    public async Task A_ticket_is_good_once_of_many_who_try()
    {
        var ticket = await IssueAsync("token");
        var redeemed = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => RedeemAsync(ticket))));
        Assert.Equal("token", Assert.Single(redeemed, token => token is not null));
    }

    [Fact]
    public async Task A_ticket_lives_30_seconds()
    {
        var (first, second) = (await IssueAsync("token"), await IssueAsync("token"));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("token", await RedeemAsync(first));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await RedeemAsync(second));
    }

    [Fact]
    public async Task A_ticket_is_good_for_its_app_and_host_only()
    {
        var ticket = await IssueAsync("token");
        Assert.Null(await RedeemAsync(ticket, Scope with { App = "other" }));
        Assert.Null(await RedeemAsync(ticket, Scope with { Host = "b.example" }));
        Assert.Equal("token", await RedeemAsync(ticket));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("日")]
    public async Task What_was_never_issued_is_worth_nothing(string ticket)
    {
        await IssueAsync("token");
        Assert.Null(await RedeemAsync(ticket));
        Assert.Null(await RedeemAsync(ticket + new string('x', 10_000)));
    }

    private Task<string> IssueAsync(string token) => _tickets.IssueAsync(Scope, token, CancellationToken.None).AsTask();

    private Task<string?> RedeemAsync(string ticket, ChannelScope? scope = null) => _tickets.RedeemAsync(scope ?? Scope, ticket, CancellationToken.None).AsTask();
}
