using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects.Gemini;

public sealed class GeminiToolTurnTests
{
    private const string Q = "{'role':'user','content':'q'},";
    private const string User = "{'role':'user','parts':[{'text':'q'}]},";

    [Fact]
    public void All_results_of_a_turn_stand_in_one_content_in_the_order_of_the_calls()
    {
        var body = NativeBody.Gemini(Requests.Messages(
            Q + "{'role':'assistant','content':'t','tool_calls':[" + Call("c1", "f", "{\\'a\\':1.0}") + "," + Call("c2", "g", "") + "]},"
            + "{'role':'tool','tool_call_id':'c2','content':'two'},{'role':'tool','tool_call_id':'c1','content':'{\\'x\\':[1]}'},{'role':'user','content':'r'}"));

        NativeBody.AssertMember(
            "[" + User + "{'role':'model','parts':[{'text':'t'},{'functionCall':{'id':'c1','name':'f','args':{'a':1.0}}},{'functionCall':{'id':'c2','name':'g','args':{}}}]},"
            + "{'role':'user','parts':[{'functionResponse':{'id':'c1','name':'f','response':{'x':[1]}}},"
            + "{'functionResponse':{'id':'c2','name':'g','response':{'output':'two'}}},{'text':'r'}]}]",
            body,
            "contents");
    }

    [Fact]
    public void A_missing_result_is_made_up_and_a_lost_one_becomes_text()
    {
        var body = NativeBody.Gemini(Requests.Messages(
            Q + "{'role':'assistant','tool_calls':[" + Call("c1", "f", "{}") + "]},{'role':'tool','tool_call_id':'other','content':'lost'}"));

        NativeBody.AssertMember(
            "[" + User + "{'role':'model','parts':[{'functionCall':{'id':'c1','name':'f','args':{}}}]},"
            + "{'role':'user','parts':[{'functionResponse':{'id':'c1','name':'f','response':{'error':'no result'}}},{'text':'lost'}]}]",
            body,
            "contents");
    }

    [Fact]
    public void An_id_that_returns_belongs_to_the_latest_call()
    {
        var turn = "{'role':'assistant','tool_calls':[" + Call("c", "f", "{}") + "]},{'role':'tool','tool_call_id':'c','content':'";
        var body = NativeBody.Gemini(Requests.Messages(Q + turn + "one'}," + turn + "two'}"));

        const string Model = "{'role':'model','parts':[{'functionCall':{'id':'c','name':'f','args':{}}}]},";
        const string Result = "{'role':'user','parts':[{'functionResponse':{'id':'c','name':'f','response':{'output':'";
        NativeBody.AssertMember("[" + User + Model + Result + "one'}}}]}," + Model + Result + "two'}}}]}]", body, "contents");
    }

    [Fact]
    public void Deprecated_calls_are_matched_by_name()
    {
        var body = NativeBody.Gemini(Requests.Messages(
            Q + "{'role':'assistant','content':null,'function_call':{'name':'f','arguments':'{}'}},{'role':'function','name':'f','content':'r'}"));

        NativeBody.AssertMember(
            "[" + User + "{'role':'model','parts':[{'functionCall':{'name':'f','args':{}}}]},"
            + "{'role':'user','parts':[{'functionResponse':{'name':'f','response':{'output':'r'}}}]}]",
            body,
            "contents");
    }

    [Fact]
    public void Anthropic_s_and_Gemini_s_own_tool_turns_are_taken()
    {
        var body = NativeBody.Gemini(Requests.Messages(
            Q + "{'role':'assistant','content':[{'type':'text','text':'t'},{'type':'tool_use','id':'t1','name':'f','input':{'a':1}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','is_error':true,'content':[{'type':'text','text':'bad '},{'type':'text','text':'luck'}]},"
            + "{'type':'text','text':'u'}]},"
            + "{'role':'model','parts':[{'functionCall':{'name':'g'},'thoughtSignature':'sig'}]},"
            + "{'role':'user','parts':[{'functionResponse':{'name':'g','response':{'ok':1}}}]}"));

        NativeBody.AssertMember(
            "[" + User + "{'role':'model','parts':[{'text':'t'},{'functionCall':{'id':'t1','name':'f','args':{'a':1}}}]},"
            + "{'role':'user','parts':[{'functionResponse':{'id':'t1','name':'f','response':{'error':'bad luck'}}},{'text':'u'}]},"
            + "{'role':'model','parts':[{'functionCall':{'name':'g','args':{}},'thoughtSignature':'sig'}]},"
            + "{'role':'user','parts':[{'functionResponse':{'name':'g','response':{'ok':1}}}]}]",
            body,
            "contents");
    }

    [Theory]
    [InlineData("'extra_content':{'google':{'thought_signature':'s'}}", "gemini-3-pro", "s", null)]
    [InlineData("'thoughtSignature':'s'", "gemini-3-pro", "s", null)]
    [InlineData("'thought_signature':'s'", "gemini-2.5-flash", "s", null)]
    [InlineData("'x':1", "gemini-3-pro", "skip_thought_signature_validator", null)]
    [InlineData("'x':1", "models/gemini-3.5-flash", "skip_thought_signature_validator", null)]
    [InlineData("'x':1", "gemini-4-argon", "skip_thought_signature_validator", null)]
    [InlineData("'x':1", "gemini-flash-latest", "skip_thought_signature_validator", null)]
    [InlineData("'x':1", "gemini-2.5-pro", null, null)]
    [InlineData("'x':1", "gemma-3", null, null)]
    public void The_first_call_of_a_turn_carries_a_signature(string member, string model, string? first, string? second)
    {
        var call = Call("c1", "f", "{}").TrimEnd('}') + "}," + member + "}";
        var body = NativeBody.Gemini(Requests.Messages("{'role':'assistant','tool_calls':[" + call + "," + Call("c2", "g", "{}") + "]}"), model);

        var text = System.Text.Encoding.UTF8.GetString(body.Span);
        Assert.Contains(Requests.Quoted("{'functionCall':{'id':'c1','name':'f','args':{}}" + Signature(first) + "}"), text, StringComparison.Ordinal);
        Assert.Contains(Requests.Quoted("{'functionCall':{'id':'c2','name':'g','args':{}}" + Signature(second) + "}"), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[1]")]
    [InlineData("{\\'a\\':")]
    [InlineData("{\\'a\\':\\'\\\\ud83d\\'}")]
    public void Arguments_that_are_no_object_are_refused_by_name(string arguments) =>
        Assert.StartsWith(
            "payload.messages[0].tool_calls[0].function.arguments:",
            NativeBody.GeminiFault(Requests.Messages("{'role':'assistant','tool_calls':[" + Call("c", "f", arguments) + "]}")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("'plain'", "{'output':'plain'}")]
    [InlineData("''", "{'output':''}")]
    [InlineData("null", "{'output':''}")]
    [InlineData("' {\\'a\\':2.50} '", "{'a':2.50}")]
    [InlineData("'[1,2]'", "{'output':'[1,2]'}")]
    [InlineData("'{broken'", "{'output':'{broken'}")]
    [InlineData("[{'type':'text','text':'a'},{'type':'text','text':'日'}]", "{'output':'a日'}")]
    [InlineData("[{'type':'text','text':'{\\'a\\':1}'}]", "{'a':1}")]
    [InlineData("[]", "{'output':''}")]
    [InlineData("{'a':1}", "{'a':1}")]
    [InlineData("5", "{'output':5}")]
    public void A_result_is_an_object(string content, string response)
    {
        var body = NativeBody.Gemini(Requests.Messages(
            Q + "{'role':'assistant','tool_calls':[" + Call("c", "f", "{}") + "]},{'role':'tool','tool_call_id':'c','content':" + content + "}"));

        NativeBody.AssertMember(
            "[" + User + "{'role':'model','parts':[{'functionCall':{'id':'c','name':'f','args':{}}}]},"
            + "{'role':'user','parts':[{'functionResponse':{'id':'c','name':'f','response':" + response + "}}]}]",
            body,
            "contents");
    }

    private static string Call(string id, string name, string arguments) =>
        "{'id':'" + id + "','type':'function','function':{'name':'" + name + "','arguments':'" + arguments + "'}}";

    private static string Signature(string? signature) => signature is null ? string.Empty : ",'thoughtSignature':'" + signature + "'";
}
