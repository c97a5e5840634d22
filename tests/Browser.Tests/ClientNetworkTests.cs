namespace Browser.Tests;

/// <summary><c>/bf-client.js</c> on a network that goes away, against the real server.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class ClientNetworkTests(PlaygroundFixture fixture)
{
    private const string Prompt = "Repeat: שלום, 😀👩‍👩‍👧 \"quotes\" \\ and 日本語";

    [Fact]
    public async Task Back_online_it_returns_at_once_and_the_text_is_whole()
    {
        await using var context = await fixture.NewContextAsync();
        await using var other = await fixture.NewContextAsync();
        var page = await ClientPage.OpenAsync(context, fixture.Address);
        var steady = await ClientPage.OpenAsync(other, fixture.Address);
        await steady.EvaluateAsync("() => client.join('offline')");
        await page.StreamAsync("offline", "demo", Prompt);
        await page.WaitAsync("seen.events.length > 3");

        await context.SetOfflineAsync(true);
        await page.EvaluateAsync("() => client.drop()");
        await steady.WaitAsync("seen.events.at(-1)?.type === 'end'");
        await context.SetOfflineAsync(false);
        await page.WaitAsync("seen.events.at(-1)?.type === 'end'");

        Assert.Equal(await steady.TextAsync(), await page.TextAsync());
        Assert.Contains("שלום, 😀👩‍👩‍👧 \"quotes\" \\ and 日本語", await page.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await page.EvaluateAsync("() => seen.gaps.length")).GetInt32());
    }

    [Fact]
    public async Task The_connection_keeps_its_id_and_its_private_channel()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await ClientPage.OpenAsync(context, fixture.Address);
        await page.WaitAsync("client.state === 'open'");
        await page.EvaluateAsync("() => { window.first = client.connectionId; client.drop(); client.retryNow(); }");
        await page.WaitAsync("client.state === 'open'");

        Assert.True((await page.EvaluateAsync("() => client.connectionId === first")).GetBoolean());
        await page.EvaluateAsync("() => client.send({ channels: [`tab|${first}`], actions: [{ action: 'note' }] })");
        await page.WaitAsync("seen.messages.length === 1");
        Assert.Equal(0, (await page.EvaluateAsync("() => seen.gaps.length")).GetInt32());
    }

    [Fact]
    public async Task A_late_joiner_gets_the_whole_text_so_far_as_an_ordinary_delta()
    {
        await using var context = await fixture.NewContextAsync();
        var early = await ClientPage.OpenAsync(context, fixture.Address);
        var late = await ClientPage.OpenAsync(context, fixture.Address);
        await early.StreamAsync("late-joiner", "demo", Prompt);
        await early.WaitAsync("seen.events.length > 5");
        await late.EvaluateAsync("() => client.join('late-joiner', { since: 'start' })");

        await early.WaitAsync("seen.events.at(-1)?.type === 'end'");
        await late.WaitAsync("seen.events.at(-1)?.type === 'end'");
        Assert.Equal(await early.TextAsync(), await late.TextAsync());
        Assert.Equal("delta", (await late.EvaluateAsync("() => seen.events[0].type")).GetString());
        Assert.True((await late.EvaluateAsync("() => seen.events.length")).GetInt32() < (await early.EvaluateAsync("() => seen.events.length")).GetInt32());
    }

    [Fact]
    public async Task A_tab_that_was_frozen_while_its_stream_went_on_shows_all_of_it()
    {
        await using var context = await fixture.NewContextAsync();
        await using var other = await fixture.NewContextAsync();
        var page = await ClientPage.OpenAsync(context, fixture.Address);
        var steady = await ClientPage.OpenAsync(other, fixture.Address);
        var session = await context.NewCDPSessionAsync(page.Page);
        await steady.EvaluateAsync("() => client.join('frozen')");
        await page.StreamAsync("frozen", "demo", Prompt);
        await page.WaitAsync("seen.events.length > 3");

        await session.SendAsync("Page.setWebLifecycleState", new Dictionary<string, object>(StringComparer.Ordinal) { ["state"] = "frozen" });
        await steady.WaitAsync("seen.events.at(-1)?.type === 'end'");
        await session.SendAsync("Page.setWebLifecycleState", new Dictionary<string, object>(StringComparer.Ordinal) { ["state"] = "active" });
        await page.WaitAsync("seen.events.at(-1)?.type === 'end'");

        Assert.Equal(await steady.TextAsync(), await page.TextAsync());
        Assert.Equal(0, (await page.EvaluateAsync("() => seen.gaps.length")).GetInt32());
    }
}
