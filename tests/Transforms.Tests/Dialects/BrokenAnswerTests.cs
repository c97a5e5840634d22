using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>A request that has another model go on with an answer that broke off.</summary>
public sealed class BrokenAnswerTests
{
    [Theory]
    [InlineData("openai", "gpt-4o", "messages", "assistant")]
    [InlineData("openai-responses", "gpt-4o", "input", "assistant")]
    [InlineData("gemini", "gemini-2.5-flash", "contents", "model")]
    [InlineData("anthropic", "claude-sonnet-4-5", "messages", "assistant")]
    public void What_was_said_stands_before_the_wish_to_go_on_in_every_dialect(string dialect, string model, string member, string role)
    {
        var request = Requests.Read("""{"payload":{"stream":true,"messages":[{"role":"user","content":"Tell a tale"}]},"channels":["a"]}""");

        var body = NativeBody.Write(dialect, request.GoOnFrom("Once \"upon\" a 🍵 "), model, stream: true);

        var turns = JsonNode.Parse(Encoding.UTF8.GetString(body.Span))![member]!.AsArray();
        Assert.Equal(["user", role, "user"], turns.Select(static turn => turn!["role"]!.GetValue<string>()));
        Assert.Contains("Tell a tale", turns[0]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(Texts(turns[1]!), static text => text == "Once \"upon\" a 🍵 ");
        Assert.Contains("Go on exactly where it stopped", turns[2]!.ToJsonString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Texts(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(static member => member.Value is null ? [] : Texts(member.Value)),
        JsonArray items => items.SelectMany(static item => Texts(item!)),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };
}
