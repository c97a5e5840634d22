using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Sessions;

/// <summary>A bot's answer is tried as any other: again, with other keys, at other providers, until its first token.</summary>
public sealed class BotFallbackTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_provider_answers_in_place_of_one_that_fails(bool streams)
    {
        await using var bot = await BotHost.StartAsync(Fallback());
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        bot.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("Green ", "tea."));

        Assert.Equal("Green tea.", await AnswerAsync(bot, streams));

        Assert.Equal([OpenAiScripts.Path, GeminiScripts.StreamPath()], bot.Provider.Requests.Select(static request => request.Path));
        Assert.Contains("You sell tea.", bot.Provider.Requests[1].BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_call_is_made_again_where_that_is_configured()
    {
        await using var bot = await BotHost.StartAsync(new() { ["BfProxy:Providers:openai:Retry:Attempts"] = "1", ["BfProxy:Providers:openai:Retry:Delay"] = "00:00:00.01" });
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Error("boom")), OpenAiScripts.Chat("Green tea."));

        Assert.Equal("Green tea.", await AnswerAsync(bot, streams: true));

        Assert.Equal(bot.Provider.Requests[0].BodyText, bot.Provider.Requests[1].BodyText);
    }

    [Fact]
    public async Task A_key_that_is_spent_gives_way_to_the_next()
    {
        await using var bot = await BotHost.StartAsync(new() { ["BfProxy:Providers:openai:ApiKeys:0"] = "sk-two" });
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.QuotaExhausted(), OpenAiScripts.Chat("Green tea."));

        Assert.Equal("Green tea.", await AnswerAsync(bot, streams: true));

        Assert.Equal(["Bearer sk-server", "Bearer sk-two"], bot.Provider.Requests.Select(static request => request.Headers["Authorization"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Where_all_fail_the_visitor_reads_the_fallback_text_once()
    {
        await using var bot = await BotHost.StartAsync(Fallback());
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        bot.Provider.Script(GeminiScripts.StreamPath(), Script.Json(500, "{}"));

        Assert.Equal(BotHost.Fallback, await AnswerAsync(bot, streams: true));
    }

    [Fact]
    public async Task After_the_first_token_nobody_else_is_asked()
    {
        await using var bot = await BotHost.StartAsync(Fallback());
        bot.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("Green")).Reset());

        Assert.Equal("Green\n\n" + BotHost.Fallback, await AnswerAsync(bot, streams: true));

        Assert.Single(bot.Provider.Requests);
    }

    private static Dictionary<string, string?> Fallback() => new(StringComparer.Ordinal)
    {
        ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "gemini",
        ["BfProxy:Providers:openai:Fallbacks:0:Model"] = GeminiFrames.Model,
    };

    /// <summary>What a visitor reads who asks once.</summary>
    private static async Task<string> AnswerAsync(BotHost bot, bool streams)
    {
        var start = await bot.StartChatAsync(streams ? """{"isStreamEnabled":true}""" : """{"textBubbleContentFormat":"markdown"}""");
        var session = start["sessionId"]!.GetValue<string>();
        var reply = await bot.ContinueAsync(session, """{"message":"Which?","textBubbleContentFormat":"markdown"}""");
        return streams ? BotHost.TextOf(await bot.StreamAsync(session)) : reply["messages"]![0]!["content"]!["markdown"]!.GetValue<string>();
    }
}
