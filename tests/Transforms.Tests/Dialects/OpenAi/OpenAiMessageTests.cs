using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects.OpenAi;

public sealed class OpenAiMessageTests
{
    [Theory]
    [InlineData("{'role':'developer','content':'d'}", "{'role':'developer','content':'d'}")]
    [InlineData("{'role':'user','content':[{'type':'future','x':1}],'extra':2.50}", "{'role':'user','content':[{'type':'future','x':1}],'extra':2.50}")]
    [InlineData(
        "{'role':'assistant','content':null,'refusal':null,'function_call':null,'tool_calls':[],'name':''}",
        "{'role':'assistant','content':null}")]
    [InlineData(
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x/y.png','detail':'low'}}]}",
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x/y.png','detail':'low'}}]}")]
    [InlineData("{'role':'tool','tool_call_id':'c','content':null}", "{'role':'tool','tool_call_id':'c','content':''}")]
    [InlineData("{'role':'tool','tool_call_id':'c','content':'r','x':1}", "{'role':'tool','tool_call_id':'c','content':'r','x':1}")]
    [InlineData("{'role':'assistant','tool_calls':[{'type':'custom','id':'c','custom':{'name':'n'}}]}", "{'role':'assistant','tool_calls':[{'type':'custom','id':'c','custom':{'name':'n'}}]}")]
    [InlineData("{'role':'model','content':'m'}", "{'role':'assistant','content':'m'}")]
    [InlineData("{'role':'model','parts':[{'text':'a'}]}", "{'role':'assistant','content':'a'}")]
    [InlineData("{'parts':[{'text':'a'},{'text':'b'}]}", "{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}")]
    [InlineData("{'role':'user','parts':'a'}", "{'role':'user','content':'a'}")]
    [InlineData("{'role':'system','parts':[{'text':'a'}]}", "{'role':'system','content':'a'}")]
    [InlineData(
        "{'parts':[{'inlineData':{'mimeType':'image/png','data':'AA=='}}]}",
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/png;base64,AA=='}}]}")]
    [InlineData(
        "{'parts':[{'inline_data':{'mime_type':'audio/wav','data':'AA=='}}]}",
        "{'role':'user','content':[{'type':'input_audio','input_audio':{'data':'AA==','format':'wav'}}]}")]
    [InlineData(
        "{'role':'user','content':[{'type':'image','source':{'type':'base64','media_type':'image/jpeg','data':'A\\\\/B='}}]}",
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/jpeg;base64,A/B='}}]}")]
    [InlineData(
        "{'role':'user','content':[{'type':'image','source':{'type':'url','url':'https://x/y'}},{'type':'text','text':'t'}]}",
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x/y'}},{'type':'text','text':'t'}]}")]
    [InlineData(
        "{'role':'user','content':[{'type':'document','title':'t.pdf','source':{'type':'base64','media_type':'application/pdf','data':'AA'}}]}",
        "{'role':'user','content':[{'type':'file','file':{'filename':'t.pdf','file_data':'data:application/pdf;base64,AA'}}]}")]
    [InlineData(
        "{'role':'user','content':[{'type':'text','text':'t','cache_control':{'type':'ephemeral'}}]}",
        "{'role':'user','content':'t'}")]
    [InlineData(
        "{'role':'assistant','content':[{'type':'thinking','thinking':'hm','signature':'s'},{'type':'text','text':'t'}]}",
        "{'role':'assistant','content':'t'}")]
    public void Messages_of_every_form_are_said_in_OpenAI_s(string message, string expected)
    {
        var source = message.Replace("\\\\", "\\", StringComparison.Ordinal);

        NativeBody.AssertMember("[" + expected + "]", NativeBody.OpenAi(Requests.Messages(source)), "messages");
    }

    [Fact]
    public void Instructions_come_first_in_a_fixed_order()
    {
        var body = NativeBody.OpenAi(Requests.Chat("'systemInstruction':{'parts':[{'text':'c'}]},'system':[{'type':'text','text':'b'}],'instructions':'a'"));

        NativeBody.AssertMember(
            "[{'role':'system','content':'a'},{'role':'system','content':'b'},{'role':'system','content':'c'},{'role':'user','content':'hi'}]",
            body,
            "messages");
        Assert.Null(NativeBody.Member(body, "instructions"));
        Assert.Null(NativeBody.Member(body, "system"));
    }

    [Fact]
    public void Deprecated_calls_and_results_become_tool_calls_and_results()
    {
        var body = NativeBody.OpenAi(Requests.Messages(
            "{'role':'user','content':'q'},{'role':'assistant','content':null,'function_call':{'name':'f','arguments':'{}'}},"
            + "{'role':'function','name':'f','content':'r'},{'role':'assistant','content':'x','function_call':{'name':'f','arguments':''}},"
            + "{'role':'function','name':'f','content':'r2'},{'role':'function','name':'g','content':'lost'}"));

        NativeBody.AssertMember(
            "[{'role':'user','content':'q'},"
            + "{'role':'assistant','content':null,'tool_calls':[{'id':'call_bf_1','type':'function','function':{'name':'f','arguments':'{}'}}]},"
            + "{'role':'tool','tool_call_id':'call_bf_1','content':'r'},"
            + "{'role':'assistant','content':'x','tool_calls':[{'id':'call_bf_2','type':'function','function':{'name':'f','arguments':'{}'}}]},"
            + "{'role':'tool','tool_call_id':'call_bf_2','content':'r2'},{'role':'user','content':'lost'}]",
            body,
            "messages");
    }

    [Fact]
    public void Tool_turns_in_Gemini_s_and_Anthropic_s_form_are_translated()
    {
        var body = NativeBody.OpenAi(Requests.Messages(
            "{'role':'model','parts':[{'text':'t'},{'functionCall':{'name':'f','args':{'a':1.0}}},{'functionCall':{'name':'f'}}]},"
            + "{'role':'user','parts':[{'functionResponse':{'name':'f','response':{'r':'日'}}},{'functionResponse':{'name':'f','response':{}}},{'text':'u'}]},"
            + "{'role':'assistant','content':[{'type':'tool_use','id':'t1','name':'g','input':{}}]},"
            + "{'role':'user','content':[{'type':'text','text':'v'},{'type':'tool_result','tool_use_id':'t1','content':[{'type':'text','text':'w'}]}]}"));

        NativeBody.AssertMember(
            "[{'role':'assistant','content':'t','tool_calls':[{'id':'call_bf_1','type':'function','function':{'name':'f','arguments':'{\\'a\\':1.0}'}},"
            + "{'id':'call_bf_2','type':'function','function':{'name':'f','arguments':'{}'}}]},"
            + "{'role':'tool','tool_call_id':'call_bf_1','content':'{\\'r\\':\\'日\\'}'},{'role':'tool','tool_call_id':'call_bf_2','content':'{}'},"
            + "{'role':'user','content':'u'},"
            + "{'role':'assistant','content':null,'tool_calls':[{'id':'t1','type':'function','function':{'name':'g','arguments':'{}'}}]},"
            + "{'role':'tool','tool_call_id':'t1','content':[{'type':'text','text':'w'}]},{'role':'user','content':'v'}]",
            body,
            "messages");
    }

    [Fact]
    public void A_call_that_a_conversation_left_behind_gets_a_result()
    {
        const string Turn = "{'role':'assistant','content':null,'tool_calls':[{'id':'c1','type':'function','function':{'name':'f','arguments':'{}'}},"
            + "{'id':'c2','type':'function','function':{'name':'g','arguments':'{}'}}]},";
        var body = NativeBody.OpenAi(Requests.Messages(Turn + "{'role':'tool','tool_call_id':'c2','content':'two'},{'role':'user','content':'never mind'}"));

        NativeBody.AssertMember(
            "[" + Turn + "{'role':'tool','tool_call_id':'c1','content':'no result'},{'role':'tool','tool_call_id':'c2','content':'two'},{'role':'user','content':'never mind'}]",
            body,
            "messages");
    }

    [Theory]
    [InlineData("gpt-4o", "")]
    [InlineData("gemini-3-pro", ",'extra_content':{'google':{'thought_signature':'sig'}}")]
    public void Signatures_go_back_to_Google_only(string model, string extra)
    {
        const string Call = "{'id':'c1','type':'function','function':{'name':'f','arguments':'{}'}";
        var body = NativeBody.OpenAi(
            Requests.Messages("{'role':'assistant','content':'','tool_calls':[" + Call + ",'extra_content':{'google':{'thought_signature':'sig'}}}]}"), model);

        NativeBody.AssertMember("[{'role':'assistant','content':'','tool_calls':[" + Call + extra + "}]}]", body, "messages");
    }

    [Theory]
    [InlineData("{'parts':[{'fileData':{'fileUri':'https://x/files/1','mimeType':'application/pdf'}}]}", "payload.messages[0].parts[0].fileData:")]
    [InlineData("{'parts':[{'executableCode':{'code':'1'}}]}", "payload.messages[0].parts[0]:")]
    [InlineData("{'role':'user','content':[{'type':'document','source':{'type':'file','file_id':'f'}}]}", "payload.messages[0].content[0].source.file_id:")]
    [InlineData(
        "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t','content':[{'type':'image','source':{}}]}]}",
        "payload.messages[0].content[0].content:")]
    public void What_OpenAI_cannot_take_is_refused_by_name(string message, string field) =>
        Assert.StartsWith(field, NativeBody.OpenAiFault(Requests.Messages(message)), StringComparison.Ordinal);
}
