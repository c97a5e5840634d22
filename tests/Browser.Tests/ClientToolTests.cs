namespace Browser.Tests;

/// <summary>Front-end tools that <c>/bf-client.js</c> runs, against the real server and a model that calls them.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed class ClientToolTests(PlaygroundFixture fixture)
{
    /// <summary>A page's actions: <c>ask_visitor</c> answers by itself, <c>ui_pick_color</c> has the model's name, <c>break_down</c> throws.</summary>
    private const string Actions =
        """
        (async (name, event) => {
          seen.actions.push({ name, event });
          if (name === 'ask_visitor' || name === 'ui_pick_color') {
            await client.answerTool(event.toolCallId, { success: true, message: `${name} says blue`, data: {} });
          } else if (name === 'break_down') {
            throw new Error('it broke down');
          } else if (name !== 'show') {
            throw new Error(`no action ${name}`);
          }
        })
        """;

    private const string Query =
        """
        async ([channel, prompt, ...names]) => {
          await client.join(channel);
          const tools = names.map((name) => ({ type: 'function', function: { name, parameters: { type: 'object', properties: {} } } }));
          const payload = { provider: 'demo', stream: true, model: 'demo-fast', messages: [{ role: 'user', content: prompt }], tools };
          await fetch('/llm/query', { method: 'POST', body: JSON.stringify({ apiKey: 'BFAPI_demo', channels: channel, actionName: 'show', payload }) });
        }
        """;

    [Theory]
    [InlineData("socket")]
    [InlineData("events")]
    public async Task Actions_answer_by_their_name_or_the_models_and_one_that_throws_is_a_failure(string transport)
    {
        await using var context = await fixture.NewContextAsync();
        var page = await ClientPage.OpenAsync(context, fixture.Address, $$"""{"transport":"{{transport}}"}""", Actions);
        await page.EvaluateAsync("() => useBF()");

        await page.EvaluateAsync(Query, new[] { $"tools-{transport}", "ask visitor, pick color, break down", "ui_ask_visitor", "ui_pick_color", "ui_break_down" });
        await page.WaitAsync("seen.actions.at(-1)?.event.type === 'end'");

        var text = (await page.EvaluateAsync("() => seen.actions.map(({ event }) => event.type === 'delta' ? event.content : '').join('')")).GetString()!;
        Assert.Contains("ui_ask_visitor: ask_visitor says blue", text, StringComparison.Ordinal);
        Assert.Contains("ui_pick_color: ui_pick_color says blue", text, StringComparison.Ordinal);
        Assert.Contains("ui_break_down: no action ui_break_down", text, StringComparison.Ordinal);
        Assert.Equal(
            "threadInfo,delta,function_call,llmToolCall,delta,end",
            (await page.EvaluateAsync("() => seen.actions.map(({ event }) => event.type).filter((type, i, all) => type !== all[i - 1]).join()")).GetString());
        Assert.True((await page.EvaluateAsync("() => seen.actions.every(({ event }) => event.streamId && event.channel)")).GetBoolean());
    }

    [Fact]
    public async Task A_page_that_takes_events_itself_answers_itself()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await ClientPage.OpenAsync(context, fixture.Address);

        await page.EvaluateAsync(Query, new[] { "tools-own", "ask visitor", "ui_ask_visitor" });
        await page.WaitAsync("seen.events.some(({ type }) => type === 'llmToolCall')");
        var status = await page.EvaluateAsync("async () => client.answerTool(seen.events.find(({ type }) => type === 'llmToolCall').toolCallId, { message: 'by hand' })");
        await page.WaitAsync("seen.events.at(-1)?.type === 'end'");

        Assert.True(status.GetProperty("ok").GetBoolean());
        Assert.Contains("by hand", await page.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_is_stopped_by_its_id()
    {
        await using var context = await fixture.NewContextAsync();
        var page = await ClientPage.OpenAsync(context, fixture.Address);

        var streamId = await page.StreamAsync("stop-by-id", "demo-slow", "A long story");
        await page.WaitAsync("seen.events.length > 0");
        var reply = await page.EvaluateAsync("(streamId) => client.stop(streamId)", streamId);
        await page.WaitAsync("seen.events.at(-1)?.type === 'end'");

        Assert.Equal("stopped", reply.GetProperty("status").GetString());
        Assert.Equal("stopped", (await page.EvaluateAsync("() => seen.events.at(-1).finish_reason")).GetString());
    }
}
