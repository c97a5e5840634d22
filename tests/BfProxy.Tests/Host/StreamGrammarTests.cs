using System.Text.Json.Nodes;

namespace BfProxy.Tests.Host;

/// <summary>What checks every stream test must itself tell right from wrong.</summary>
public sealed class StreamGrammarTests
{
    private static readonly Dictionary<string, string> s_events = new(StringComparer.Ordinal)
    {
        ["threadInfo"] = """{"type":"threadInfo","content":{"streamId":"s"}}""",
        ["delta"] = """{"type":"delta","content":"a"}""",
        ["silence"] = """{"type":"delta","content":""}""",
        ["call"] = """{"type":"function_call","content":{"functions":[{"name":"f"}]}}""",
        ["page"] = """{"type":"llmToolCall","toolName":"f","toolCallId":"i"}""",
        ["error"] = """{"type":"error","error":{"code":502,"message":"broke"}}""",
        ["end"] = """{"type":"end","finish_reason":"stop","usage":null}""",
        ["called"] = """{"type":"end","finish_reason":"tool_calls","usage":null}""",
        ["broken"] = """{"type":"end","finish_reason":"error","usage":null}""",
        ["stopped"] = """{"type":"end","finish_reason":"stopped","usage":null}""",
        ["unmarked"] = """{"type":"end","finish_reason":"stop","usage":{"total_tokens":1}}""",
    };

    [Theory]
    [InlineData("delta delta end")]
    [InlineData("end")]
    [InlineData("delta call called")]
    [InlineData("delta error broken")]
    [InlineData("delta stopped")]
    [InlineData("threadInfo end")]
    [InlineData("threadInfo delta call page page delta call delta end")]
    [InlineData("threadInfo call page stopped")]
    [InlineData("threadInfo delta error broken")]
    public void A_sound_stream_passes(string events) => StreamGrammar.Check(Parse(events));

    [Theory]
    [InlineData("delta")]
    [InlineData("delta end end")]
    [InlineData("delta end delta")]
    [InlineData("delta threadInfo end")]
    [InlineData("threadInfo threadInfo end")]
    [InlineData("delta page end")]
    [InlineData("delta call delta called")]
    [InlineData("delta call call called")]
    [InlineData("call end")]
    [InlineData("delta error end")]
    [InlineData("delta error delta broken")]
    [InlineData("delta error error broken")]
    [InlineData("delta broken")]
    [InlineData("silence end")]
    [InlineData("delta unmarked")]
    public void Any_other_fails(string events) => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => StreamGrammar.Check(Parse(events)));

    private static IEnumerable<JsonNode> Parse(string events) => events.Split(' ').Select(name => JsonNode.Parse(s_events[name])!);
}
