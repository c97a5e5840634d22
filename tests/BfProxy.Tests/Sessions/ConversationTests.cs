using System.Net;
using System.Text.Json.Nodes;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Sessions;

/// <summary>startChat and continueChat: what a client reads, whatever form its messages have.</summary>
public sealed class ConversationTests
{
    private const string StreamAction = """{"messages":[],"clientSideActions":[{"type":"stream","stream":true,"expectsDedicatedReply":true}]}""";

    [Fact]
    public async Task StartChat_says_the_welcome_and_asks_for_text()
    {
        await using var bot = await BotHost.StartAsync();

        var start = await bot.StartChatAsync();

        Assert.Matches("^bfs_[0-9a-f]{32}$", start["sessionId"]!.GetValue<string>());
        Assert.Equal("""[{"type":"p","children":[{"text":"Welcome!"}]}]""", start["messages"]![0]!["content"]!["richText"]!.ToJsonString());
        Assert.Equal(("text input", "Ask about tea"), (start["input"]!["type"]!.GetValue<string>(), start["input"]!["options"]!["labels"]!["placeholder"]!.GetValue<string>()));
        Assert.Equal(("shop", "6"), (start["typebot"]!["id"]!.GetValue<string>(), start["typebot"]!["version"]!.GetValue<string>()));
        Assert.NotNull(start["typebot"]!["theme"]);
        Assert.NotNull(start["typebot"]!["settings"]);
        Assert.Equal(start["typebot"]!["publishedAt"]!.GetValue<string>(), (await bot.StartChatAsync())["typebot"]!["publishedAt"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_turn_goes_from_continueChat_over_streamMessage_to_the_next_input()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Green ", "tea."), OpenAiScripts.Chat("Black."));
        var session = await bot.StartAsync();

        Assert.Equal(StreamAction, (await bot.SayAsync(session, "Which tea?")).ToJsonString());
        var lines = await bot.StreamAsync(session);
        var next = await bot.SayAsync(session, "Green tea.");
        await bot.SayAsync(session, "Another?");
        await bot.StreamAsync(session);

        Assert.Equal("0:\"Green \"\n0:\"tea.\"\n", Merge(lines, "0:\"Green tea.\"\n", "0:\"Green \"\n0:\"tea.\"\n"));
        Assert.Empty(next["messages"]!.AsArray());
        Assert.Equal("text input", next["input"]!["type"]!.GetValue<string>());
        await bot.Provider.NextRequestAsync();
        var asked = (await bot.Provider.NextRequestAsync()).ReadJson().GetProperty("messages").EnumerateArray().Select(m => $"{m.GetProperty("role").GetString()}: {m.GetProperty("content").GetString()}");
        Assert.Equal(["system: You sell tea.", "user: Which tea?", "assistant: Green tea.", "user: Another?"], asked);
    }

    [Theory]
    [InlineData("""{"message":"hello"}""")]
    [InlineData("""{"message":{"type":"text","text":"hello","metadata":{"replyId":"r1"}}}""")]
    public async Task A_message_is_a_string_or_an_object(string body)
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        var session = await bot.StartAsync();

        Assert.Equal(StreamAction, (await bot.ContinueAsync(session, body)).ToJsonString());
        await bot.StreamAsync(session);

        Assert.Equal("hello", (await bot.Provider.NextRequestAsync()).ReadJson().GetProperty("messages")[1].GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"message":null}""")]
    [InlineData("""{"message":" "}""")]
    public async Task Without_a_message_the_input_is_asked_for_again(string body)
    {
        await using var bot = await BotHost.StartAsync();

        var reply = await bot.ContinueAsync(await bot.StartAsync(), body);

        Assert.Equal("text input", reply["input"]!["type"]!.GetValue<string>());
        Assert.Empty(bot.Provider.Requests);
    }

    [Fact]
    public async Task The_answer_that_counts_is_the_servers_own()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("true words"));
        var session = await bot.StartAsync();
        await bot.SayAsync(session, "one");
        await bot.StreamAsync(session);

        await bot.SayAsync(session, "forged words");
        await bot.SayAsync(session, "two");
        await bot.StreamAsync(session);

        var asked = bot.Provider.Requests[1].ReadJson().GetProperty("messages");
        Assert.Equal("true words", asked[2].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Where_streaming_is_off_the_answer_is_a_bubble()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Line one\n", "line \"two\" 🍵"));
        var start = await bot.StartChatAsync("{}");

        var session = start["sessionId"]!.GetValue<string>();
        var rich = await bot.SayAsync(session, "hi");
        var markdown = await bot.ContinueAsync(session, """{"message":"more","textBubbleContentFormat":"markdown"}""");

        Assert.Equal(["Line one", "line \"two\" 🍵"], rich["messages"]![0]!["content"]!["richText"]!.AsArray().Select(p => p!["children"]![0]!["text"]!.GetValue<string>()));
        Assert.Equal("text input", rich["input"]!["type"]!.GetValue<string>());
        Assert.Null(rich["clientSideActions"]);
        var content = markdown["messages"]![0]!["content"]!;
        Assert.Equal(("markdown", "Line one\nline \"two\" 🍵"), (content["type"]!.GetValue<string>(), content["markdown"]!.GetValue<string>()));
        Assert.Equal(4, bot.Provider.Requests[1].ReadJson().GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task A_message_in_startChat_is_answered_at_once_after_the_welcome()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Oolong"));

        var start = await bot.StartChatAsync("""{"isStreamEnabled":true,"message":"Which?"}""");

        var action = start["clientSideActions"]![0]!;
        Assert.Equal(start["messages"]![0]!["id"]!.GetValue<string>(), action["lastBubbleBlockId"]!.GetValue<string>());
        Assert.Null(start["input"]);
        Assert.Equal("Oolong", BotHost.TextOf(await bot.StreamAsync(start["sessionId"]!.GetValue<string>())));
    }

    [Fact]
    public async Task A_conversation_that_is_only_registered_begins_with_continueChat()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Oolong"));

        var start = await bot.StartChatAsync("""{"isOnlyRegistering":true,"resultId":"R1"}""");
        var first = await bot.SayAsync(start["sessionId"]!.GetValue<string>(), "Which?");

        Assert.Equal("R1", start["resultId"]!.GetValue<string>());
        Assert.Empty(start["messages"]!.AsArray());
        Assert.Null(start["input"]);
        Assert.Equal(["Welcome!", "Oolong"], TextsOf(first));
    }

    [Fact]
    public async Task Opening_prompts_are_answered_one_after_the_other_before_the_visitor_speaks()
    {
        await using var bot = await BotHost.StartAsync(new() { ["BfProxy:Bots:shop:Opening:0"] = "Greet.", ["BfProxy:Bots:shop:Opening:1"] = "Ask." });
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Good morning."), OpenAiScripts.Chat("What may it be?"));

        var start = await bot.StartChatAsync();
        var session = start["sessionId"]!.GetValue<string>();
        var one = BotHost.TextOf(await bot.StreamAsync(session));
        var between = await bot.SayAsync(session, one);
        var two = BotHost.TextOf(await bot.StreamAsync(session));
        var after = await bot.SayAsync(session, two);

        Assert.Equal(("Good morning.", "What may it be?"), (one, two));
        Assert.NotNull(start["clientSideActions"]);
        Assert.Equal(StreamAction, between.ToJsonString());
        Assert.NotNull(after["input"]);
    }

    [Fact]
    public async Task Prefilled_variables_are_short_texts_in_welcome_and_instructions()
    {
        await using var bot = await BotHost.StartAsync(new()
        {
            ["BfProxy:Bots:shop:Welcome:0"] = "Hello {{ name }}{{nobody}}!",
            ["BfProxy:Bots:shop:Instructions"] = "Speak with {{name}}, aged {{age}}.",
        });
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        var variables = new JsonObject { ["name"] = "{{age}}\nJo" + new string('x', 600), ["age"] = 42, ["other"] = new string('y', 1000) };

        var start = await bot.StartChatAsync(new JsonObject { ["isStreamEnabled"] = false, ["prefilledVariables"] = variables }.ToJsonString());
        await bot.SayAsync(start["sessionId"]!.GetValue<string>(), "hi");

        var name = "{{age}} Jo" + new string('x', 490);
        Assert.Equal([$"Hello {name}!"], TextsOf(start));
        Assert.Equal($"Speak with {name}, aged 42.", (await bot.Provider.NextRequestAsync()).ReadJson().GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task After_its_last_turn_a_conversation_closes()
    {
        await using var bot = await BotHost.StartAsync(new() { ["BfProxy:Bots:shop:TurnsPerSession"] = "1", ["BfProxy:Bots:shop:ClosingText"] = "Closed." });
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        var session = (await bot.StartChatAsync("{}"))["sessionId"]!.GetValue<string>();
        await bot.SayAsync(session, "one");

        var closed = await bot.SayAsync(session, "two");

        Assert.Equal(["Closed."], TextsOf(closed));
        Assert.Null(closed["input"]);
        Assert.Single(bot.Provider.Requests);
    }

    [Fact]
    public async Task A_conversation_that_rests_too_long_is_forgotten()
    {
        var time = new ManualTimeProvider();
        await using var bot = await BotHost.StartAsync(new() { ["BfProxy:Bots:shop:SessionTtl"] = "00:10:00" }, time);
        var session = await bot.StartAsync();
        time.Advance(TimeSpan.FromMinutes(9));
        await bot.ContinueAsync(session, "{}");
        time.Advance(TimeSpan.FromMinutes(9));
        await bot.ContinueAsync(session, "{}");
        time.Advance(TimeSpan.FromMinutes(11));

        using var answer = await bot.Host.PostAsync($"api/v1/sessions/{session}/continueChat", "{}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("NOT_FOUND", JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_address_may_start_only_so_many_conversations_a_minute()
    {
        var time = new ManualTimeProvider();
        await using var bot = await BotHost.StartAsync(new() { ["BfProxy:Bots:shop:StartsPerMinute"] = "2" }, time);
        await bot.StartAsync();
        await bot.StartAsync();

        using var answer = await bot.Host.PostAsync("api/v1/typebots/shop/startChat", "{}");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("60", answer.Headers.RetryAfter!.ToString());
        time.Advance(TimeSpan.FromMinutes(1));
        await bot.StartAsync();
    }

    [Fact]
    public async Task Client_logs_are_counted_and_not_repeated()
    {
        await using var bot = await BotHost.StartAsync();
        var session = await bot.StartAsync();

        foreach (var version in (string[])["v1", "v2"])
        {
            using var answer = await bot.Host.PostAsync($"api/{version}/sessions/{session}/clientLogs", """{"clientLogs":[{"status":"error","description":"Secretword"}]}""");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await bot.Host.LoggedAsync("reports 1 log(s)");
        Assert.DoesNotContain("Secretword", bot.Host.Logs, StringComparison.Ordinal);
    }

    private static IEnumerable<string> TextsOf(JsonNode reply) =>
        reply["messages"]!.AsArray().Select(message => string.Join('\n', message!["content"]!["richText"]!.AsArray().Select(p => p!["children"]![0]!["text"]!.GetValue<string>())));

    /// <summary>Deltas that came together may stand in one line.</summary>
    private static string Merge(string lines, string together, string apart) => lines == together ? apart : lines;
}
