using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects.Anthropic;

public sealed class AnthropicMessageTests
{
    private const string Q = "{'role':'user','content':'q'},";
    private const string User = "{'role':'user','content':[{'type':'text','text':'q'}]},";

    [Theory]
    [InlineData("{'role':'user','content':'a'},{'role':'user','parts':[{'text':'b'}]}", "[{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}]")]
    [InlineData("{'role':'system','content':'only'}", "[{'role':'user','content':[{'type':'text','text':'only'}]}]")]
    [InlineData("{'role':'user','content':''},{'role':'user','content':' \\n '},{'role':'user','content':'a'}", "[{'role':'user','content':[{'type':'text','text':'a'}]}]")]
    [InlineData("{'role':'assistant','content':'a'},{'role':'user','content':'b'}",
        "[{'role':'user','content':[{'type':'text','text':'(continue)'}]},{'role':'assistant','content':[{'type':'text','text':'a'}]},{'role':'user','content':[{'type':'text','text':'b'}]}]")]
    [InlineData(Q + "{'role':'model','parts':[{'text':'a'},{'text':'thought','thought':true}]},{'role':'user','content':'b'}",
        "[" + User + "{'role':'assistant','content':[{'type':'text','text':'a'}]},{'role':'user','content':[{'type':'text','text':'b'}]}]")]
    [InlineData(Q + "{'role':'assistant','content':[{'type':'thinking','thinking':'t','signature':'s'},{'type':'text','text':'a'}]},{'role':'user','content':'b'}",
        "[" + User + "{'role':'assistant','content':[{'type':'thinking','thinking':'t','signature':'s'},{'type':'text','text':'a'}]},{'role':'user','content':[{'type':'text','text':'b'}]}]")]
    [InlineData("{'role':'user','content':[{'type':'text','text':'a','cache_control':{'type':'ephemeral'}},{'text':'b'}]}",
        "[{'role':'user','content':[{'type':'text','text':'a','cache_control':{'type':'ephemeral'}},{'type':'text','text':'b'}]}]")]
    public void Turns_alternate_and_hold_no_empty_text(string messages, string expected) =>
        NativeBody.AssertMember(expected, NativeBody.Anthropic(Requests.Messages(messages)), "messages");

    [Fact]
    public void An_answer_that_was_begun_goes_on_where_the_model_can_and_is_asked_for_where_not()
    {
        var messages = Requests.Messages(Q + "{'role':'assistant','content':'Once \\n '}");

        NativeBody.AssertMember("[" + User + "{'role':'assistant','content':[{'type':'text','text':'Once'}]}]", NativeBody.Anthropic(messages), "messages");
        NativeBody.AssertMember(
            "[" + User + "{'role':'assistant','content':[{'type':'text','text':'Once'}]},{'role':'user','content':[{'type':'text','text':'Continue.'}]}]",
            NativeBody.Anthropic(messages, "claude-opus-4-6"),
            "messages");
    }

    [Fact]
    public void Results_come_first_after_their_calls_in_the_calls_order()
    {
        var body = NativeBody.Anthropic(Requests.Messages(
            Q + "{'role':'assistant','content':'t','tool_calls':[" + Call("c1", "f", "{\\'a\\':1.0}") + "," + Call("c2", "g", "") + "]},"
            + "{'role':'tool','tool_call_id':'c2','content':'two'},{'role':'tool','tool_call_id':'c1','content':'one'},{'role':'user','content':'r'}"));

        NativeBody.AssertMember(
            "[" + User + "{'role':'assistant','content':[{'type':'text','text':'t'},{'type':'tool_use','id':'c1','name':'f','input':{'a':1.0}},"
            + "{'type':'tool_use','id':'c2','name':'g','input':{}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'c1','content':'one'},{'type':'tool_result','tool_use_id':'c2','content':'two'},"
            + "{'type':'text','text':'r'}]}]",
            body,
            "messages");
        NativeBody.AssertMember(
            "[{'name':'f','input_schema':{'type':'object','properties':{}}},{'name':'g','input_schema':{'type':'object','properties':{}}}]", body, "tools");
        NativeBody.AssertMember("{'type':'none'}", body, "tool_choice");
    }

    [Fact]
    public void A_missing_result_is_made_up_and_a_lost_one_becomes_text()
    {
        var body = NativeBody.Anthropic(Requests.Messages(
            Q + "{'role':'assistant','tool_calls':[" + Call("c1", "f", "{}") + "]},{'role':'tool','tool_call_id':'other','content':'lost'}"));

        NativeBody.AssertMember(
            "[" + User + "{'role':'assistant','content':[{'type':'tool_use','id':'c1','name':'f','input':{}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'c1','content':'no result','is_error':true},{'type':'text','text':'lost'}]}]",
            body,
            "messages");
    }

    [Fact]
    public void Ids_become_what_Anthropic_takes_and_each_is_used_once()
    {
        var turn = "{'role':'assistant','tool_calls':[" + Call("a.b/c", "f", "{}") + "]},{'role':'tool','tool_call_id':'a.b/c','content':'r'},";
        var body = NativeBody.Anthropic(Requests.Messages(Q + turn + turn + "{'role':'user','content':'u'}"));

        NativeBody.AssertMember(
            "[" + User
            + "{'role':'assistant','content':[{'type':'tool_use','id':'a_b_c','name':'f','input':{}}]},{'role':'user','content':[{'type':'tool_result','tool_use_id':'a_b_c','content':'r'}]},"
            + "{'role':'assistant','content':[{'type':'tool_use','id':'a_b_c_2','name':'f','input':{}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'a_b_c_2','content':'r'},{'type':'text','text':'u'}]}]",
            body,
            "messages");
    }

    [Fact]
    public void Deprecated_calls_Gemini_s_and_Anthropic_s_own_are_taken()
    {
        var body = NativeBody.Anthropic(Requests.Messages(
            Q + "{'role':'assistant','content':null,'function_call':{'name':'f','arguments':'{}'}},{'role':'function','name':'f','content':'r'},"
            + "{'role':'model','parts':[{'functionCall':{'name':'g','args':{'x':1}},'thoughtSignature':'s'}]},{'role':'user','parts':[{'functionResponse':{'name':'g','response':{'ok':1}}}]},"
            + "{'role':'assistant','content':[{'type':'tool_use','id':'t1','name':'h','input':{}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','is_error':true,'content':[{'type':'text','text':'bad'}]}]}"));

        NativeBody.AssertMember(
            "[" + User
            + "{'role':'assistant','content':[{'type':'tool_use','id':'call_bf_1','name':'f','input':{}}]},{'role':'user','content':[{'type':'tool_result','tool_use_id':'call_bf_1','content':'r'}]},"
            + "{'role':'assistant','content':[{'type':'tool_use','id':'call_bf_2','name':'g','input':{'x':1}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'call_bf_2','content':'{\\'ok\\':1}'}]},"
            + "{'role':'assistant','content':[{'type':'tool_use','id':'t1','name':'h','input':{}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':[{'type':'text','text':'bad'}],'is_error':true}]}]",
            body,
            "messages");
    }

    [Theory]
    [InlineData("{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA','detail':'low'}}", "{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAAA'}}")]
    [InlineData("{'type':'image_url','image_url':{'url':'data:image/jpg;base64,AAAA'}}", "{'type':'image','source':{'type':'base64','media_type':'image/jpeg','data':'AAAA'}}")]
    [InlineData("{'type':'image_url','image_url':{'url':'https://example.com/a.png'}}", "{'type':'image','source':{'type':'url','url':'https://example.com/a.png'}}")]
    [InlineData("{'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,AAAA'}}", "{'type':'document','source':{'type':'base64','media_type':'application/pdf','data':'AAAA'}}")]
    [InlineData("{'type':'image','source':{'type':'file','file_id':'file_1'}}", "{'type':'image','source':{'type':'file','file_id':'file_1'}}")]
    [InlineData("{'type':'search_result','source':'s','title':'t','content':[]}", "{'type':'search_result','source':'s','title':'t','content':[]}")]
    public void Images_and_documents_are_said_in_Anthropic_s_words(string part, string expected) =>
        NativeBody.AssertMember(
            "[{'role':'user','content':[" + expected + "]}]", NativeBody.Anthropic(Requests.Messages("{'role':'user','content':[" + part + "]}")), "messages");

    [Fact]
    public void Gemini_s_inline_data_becomes_an_image() =>
        NativeBody.AssertMember(
            "[{'role':'user','content':[{'type':'image','source':{'type':'base64','media_type':'image/webp','data':'AAAA'}}]}]",
            NativeBody.Anthropic(Requests.Messages("{'role':'user','parts':[{'inlineData':{'mimeType':'image/webp','data':'AAAA'}}]}")),
            "messages");

    [Theory]
    [InlineData("{'role':'user','content':[{'type':'input_audio','input_audio':{'data':'AAAA','format':'wav'}}]}", "payload.messages[0].content[0].input_audio.data:")]
    [InlineData("{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/bmp;base64,AAAA'}}]}", "payload.messages[0].content[0].image_url.url:")]
    [InlineData("{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:,AAAA'}}]}", "payload.messages[0].content[0].image_url.url:")]
    [InlineData("{'role':'user','content':[{'type':'image_url','image_url':{'url':'ftp://example.com/a.png'}}]}", "payload.messages[0].content[0].image_url.url:")]
    [InlineData("{'role':'user','content':[{'type':'file','file':{'file_id':'f'}}]}", "payload.messages[0].content[0].file.file_id:")]
    [InlineData("{'role':'user','parts':[{'executableCode':{}}]}", "payload.messages[0].parts[0]:")]
    [InlineData("{'role':'user','content':' '}", "payload.messages:")]
    [InlineData("{'role':'assistant','tool_calls':[{'id':'c','type':'function','function':{'name':'f','arguments':'{broken'}}]}", "payload.messages[0].tool_calls[0].function.arguments:")]
    public void What_cannot_be_said_is_refused_by_name(string message, string expected) =>
        Assert.StartsWith(expected, NativeBody.AnthropicFault(Requests.Messages(message)), StringComparison.Ordinal);

    private static string Call(string id, string name, string arguments) =>
        "{'id':'" + id + "','type':'function','function':{'name':'" + name + "','arguments':'" + arguments + "'}}";
}
