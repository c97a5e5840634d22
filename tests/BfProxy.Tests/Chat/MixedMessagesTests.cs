using System.Net;
using System.Text.Json;
using BfProxy.Tests.Host;
using BfProxy.Tests.LlmQuery;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Chat;

/// <summary>A conversation whose messages are in OpenAI's, Gemini's and Anthropic's form, said to any provider in its own.</summary>
public sealed class MixedMessagesTests
{
    private const string Messages = """
        [
          {"role":"system","content":"Be brief."},
          {"role":"user","parts":[{"text":"Where is high water?"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]},
          {"role":"assistant","content":[{"type":"text","text":"Let me see."},{"type":"tool_use","id":"toolu_1","name":"tide","input":{"at":"Bergen"}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"at six"},{"type":"text","text":"And the moon?"}]},
          {"role":"assistant","content":null,"tool_calls":[{"id":"call_2","type":"function","function":{"name":"moon","arguments":"{\"day\":1}"}}]},
          {"role":"tool","tool_call_id":"call_2","content":"full"},
          {"role":"model","parts":[{"functionCall":{"name":"wind","args":{}}}]},
          {"role":"user","parts":[{"functionResponse":{"name":"wind","response":{"from":"west"}}}]},
          {"role":"model","parts":[{"text":"From the west."}]},
          {"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},{"type":"text","text":"日本?"}]}
        ]
        """;

    private static readonly string[] s_said =
        ["Be brief.", "Where is high water?", "Let me see.", "tide", "Bergen", "at six", "And the moon?", "moon", "full", "wind", "west", "From the west.", "日本?"];

    [Theory]
    [InlineData("openai")]
    [InlineData("openai-responses")]
    [InlineData("gemini")]
    [InlineData("anthropic")]
    public async Task Every_turn_reaches_every_provider_once_and_in_order(string provider)
    {
        await using var host = await QueryHost.StartAsync();
        host.Proxy.Provider.Script(AnyDialect.Path(provider), Script.Sse(AnyDialect.Text(provider, "Yes.")));

        using var answer = await host.Proxy.PostAsync("/stream/create", Request(provider));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("Yes.", ChannelClient.TextOf(await host.Page.ReadStreamAsync()));
        var body = (await host.Proxy.Provider.NextRequestAsync()).ReadJson();
        var texts = Strings(body).ToList();
        var at = -1;
        foreach (var said in s_said.Skip(1))
        {
            var next = texts.FindIndex(at + 1, text => text.Contains(said, StringComparison.Ordinal));
            Assert.True(next > at, $"'{said}' is not said after '{(at < 0 ? "" : texts[at])}' in {body.GetRawText()}");
            at = next - (texts[next].Length > said.Length ? 1 : 0);
        }

        Assert.Contains("Be brief.", texts);
        Assert.Equal(2, texts.Count(text => text.EndsWith("iVBORw0KGgo=", StringComparison.Ordinal)));
        Assert.Equal(3, Count(body, provider, call: true));
        Assert.Equal(3, Count(body, provider, call: false));
        AssertOwnWords(provider, body.GetRawText());
    }

    private static string Request(string provider) =>
        $$$"""{"apiKey":"{{{ProxyHost.AppKey}}}","channels":["anonymous"],"payload":{"messages":{{{Messages}}},{{{QueryHost.Payload(provider, "\"stream\":true,\"tools\":[{\"name\":\"tide\"},{\"name\":\"moon\"},{\"name\":\"wind\"}]")}}} } }""";

    /// <summary>Strings of a request in order; JSON within them is as good as the words in it.</summary>
    private static IEnumerable<string> Strings(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Where(static member => member.Name is not ("tools" or "model")).SelectMany(static member => Strings(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [value.GetString()!],
        _ => [],
    };

    private static int Count(JsonElement body, string provider, bool call)
    {
        var mark = (provider, call) switch
        {
            ("anthropic", true) => "\"type\":\"tool_use\"",
            ("anthropic", _) => "\"type\":\"tool_result\"",
            ("gemini", true) => "\"functionCall\":",
            ("gemini", _) => "\"functionResponse\":",
            ("openai-responses", true) => "\"type\":\"function_call\"",
            ("openai-responses", _) => "\"type\":\"function_call_output\"",
            (_, true) => "\"arguments\":",
            _ => "\"role\":\"tool\"",
        };
        return body.GetRawText().Split(mark).Length - 1;
    }

    /// <summary>Nothing of the other forms is left.</summary>
    private static void AssertOwnWords(string provider, string body)
    {
        (string Word, string Owner)[] words =
            [("\"parts\"", "gemini"), ("\"inlineData\"", "gemini"), ("\"tool_use\"", "anthropic"), ("\"source\"", "anthropic"), ("\"tool_calls\"", "openai"), ("\"image_url\":{", "openai"), ("\"input_image\"", "openai-responses")];
        Assert.All(words, word => Assert.Equal(word.Owner == provider, body.Contains(word.Word, StringComparison.Ordinal)));
    }
}
