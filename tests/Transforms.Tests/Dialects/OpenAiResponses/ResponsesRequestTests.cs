using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects.OpenAiResponses;

public sealed class ResponsesRequestTests
{
    [Fact]
    public void A_chat_is_said_without_memory()
    {
        var body = NativeBody.Responses(
            Requests.Messages(
                "{'role':'system','content':'be brief'},{'role':'user','content':'hi'},{'role':'assistant','content':'ho'},{'role':'user','content':[{'type':'text','text':'go'}]}",
                "'stream':true,'max_tokens':100,'temperature':0.50,'seed':1,'stop':'x','n':1,'presence_penalty':1,'logit_bias':{},'unknown':1,'metadata':{'a':'b'}"),
            stream: true);

        Requests.AssertJson(
            """
            {"model":"gpt-4o","input":[{"role":"developer","content":[{"type":"input_text","text":"be brief"}]},{"role":"user","content":[{"type":"input_text","text":"hi"}]},
             {"role":"assistant","content":[{"type":"output_text","text":"ho"}]},{"role":"user","content":[{"type":"input_text","text":"go"}]}],
             "max_output_tokens":100,"temperature":0.50,"metadata":{"a":"b"},"store":false,"stream":true,"stream_options":{"include_obfuscation":false}}
            """,
            body);
    }

    [Theory]
    [InlineData("gpt-4o", "'max_tokens':3", "max_output_tokens", "16")]
    [InlineData("gpt-4o", "'max_tokens':17", "max_output_tokens", "17")]
    [InlineData("gpt-4o", "'store':true", "store", "true")]
    [InlineData("gpt-4o", "", "include", null)]
    [InlineData("gpt-5.6-terra", "", "include", "['reasoning.encrypted_content']")]
    [InlineData("gpt-5.6-terra", "'reasoning_effort':'none'", "include", null)]
    [InlineData("gpt-5.4", "", "include", null)]
    [InlineData("gpt-5.4", "'reasoning_effort':'low'", "reasoning", "{'effort':'low'}")]
    [InlineData("gpt-5.4", "'reasoning':{'effort':'low','summary':'auto'}", "reasoning", "{'effort':'low','summary':'auto'}")]
    [InlineData("gpt-5.6-terra", "'temperature':0.5", "temperature", null)]
    [InlineData("gpt-5.6-terra", "'temperature':0.5,'reasoning_effort':'none'", "temperature", "0.5")]
    [InlineData("gpt-4o", "'response_format':{'type':'json_object'}", "text", "{'format':{'type':'json_object'}}")]
    [InlineData("gpt-4o", "'response_format':{'type':'json_schema','json_schema':{'name':'n','strict':true,'schema':{'type':'object'}}},'verbosity':'low'", "text",
        "{'verbosity':'low','format':{'type':'json_schema','name':'n','strict':true,'schema':{'type':'object'}}}")]
    [InlineData("gpt-4o", "'generationConfig':{'responseSchema':{'type':'OBJECT'}}", "text", "{'format':{'type':'json_schema','name':'response','schema':{'type':'object'}}}")]
    public void Settings_have_their_place(string model, string members, string name, string? expected) =>
        NativeBody.AssertMember(expected, NativeBody.Responses(Requests.Chat(members), model), name);

    [Theory]
    [InlineData("'tools':[]", null, null)]
    [InlineData("'functions':[{'name':'f'}],'function_call':{'name':'f'}",
        "[{'type':'function','name':'f','parameters':{'type':'object','properties':{}},'strict':false}]", "{'type':'function','name':'f'}")]
    [InlineData("'tools':[{'type':'function','function':{'name':'f','description':'d','strict':true,'parameters':{'type':'object'}}}],'tool_choice':'required'",
        "[{'type':'function','name':'f','description':'d','parameters':{'type':'object'},'strict':true}]", "'required'")]
    [InlineData("'tools':[{'functionDeclarations':[{'name':'f','parameters':{'type':'OBJECT'}}]}],'tool_choice':'none'",
        "[{'type':'function','name':'f','parameters':{'type':'object'},'strict':false}]", "'none'")]
    [InlineData("'tools':[{'type':'web_search'},{'type':'custom','custom':{'name':'c'}}],'tool_choice':{'type':'custom','custom':{'name':'c'}}",
        "[{'type':'web_search'},{'type':'custom','name':'c'}]", "{'type':'custom','name':'c'}")]
    [InlineData("'tools':[{'name':'f'}],'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':[{'type':'function','function':{'name':'f'}}]}}",
        "[{'type':'function','name':'f','parameters':{'type':'object','properties':{}},'strict':false}]", "{'type':'allowed_tools','mode':'auto','tools':[{'type':'function','name':'f'}]}")]
    public void Tools_are_flat(string members, string? tools, string? choice)
    {
        var body = NativeBody.Responses(Requests.Chat(members));

        NativeBody.AssertMember(tools, body, "tools");
        NativeBody.AssertMember(choice, body, "tool_choice");
    }

    [Fact]
    public void Parallel_calls_are_switched()
    {
        NativeBody.AssertMember("false", NativeBody.Responses(Requests.Chat("'tools':[{'name':'f'}],'parallel_tool_calls':false")), "parallel_tool_calls");
        NativeBody.AssertMember(
            "false", NativeBody.Responses(Requests.Chat("'tools':[{'name':'f'}],'tool_choice':{'type':'auto','disable_parallel_tool_use':true}")), "parallel_tool_calls");
    }

    [Fact]
    public void Calls_and_results_are_items_and_every_call_has_a_result()
    {
        var body = NativeBody.Responses(Requests.Messages(
            "{'role':'user','content':'q'},{'role':'assistant','content':'t','tool_calls':[{'id':'c1','type':'function','function':{'name':'f','arguments':'{\\'a\\':1}'}},"
            + "{'id':'c2','type':'function','function':{'name':'g','arguments':'{}'}}]},{'role':'tool','tool_call_id':'c2','content':'two'},{'role':'tool','tool_call_id':'lost','content':'x'}"));

        NativeBody.AssertMember(
            "[{'role':'user','content':[{'type':'input_text','text':'q'}]},{'role':'assistant','content':[{'type':'output_text','text':'t'}]},"
            + "{'type':'function_call','call_id':'c1','name':'f','arguments':'{\\'a\\':1}'},{'type':'function_call','call_id':'c2','name':'g','arguments':'{}'},"
            + "{'type':'function_call_output','call_id':'c1','output':'no result'},{'type':'function_call_output','call_id':'c2','output':'two'},{'role':'user','content':'x'}]",
            body,
            "input");
    }

    [Fact]
    public void Gemini_s_and_Anthropic_s_tool_turns_are_taken()
    {
        var body = NativeBody.Responses(Requests.Messages(
            "{'role':'model','parts':[{'functionCall':{'name':'g','args':{'x':1}}}]},{'role':'user','parts':[{'functionResponse':{'name':'g','response':{'ok':1}}}]},"
            + "{'role':'assistant','content':[{'type':'thinking','thinking':'t','signature':'s'},{'type':'tool_use','id':'t1','name':'h','input':{}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}]}"));

        NativeBody.AssertMember(
            "[{'type':'function_call','call_id':'call_bf_1','name':'g','arguments':'{\\'x\\':1}'},{'type':'function_call_output','call_id':'call_bf_1','output':'{\\'ok\\':1}'},"
            + "{'type':'function_call','call_id':'t1','name':'h','arguments':'{}'},{'type':'function_call_output','call_id':'t1','output':'ab'}]",
            body,
            "input");
    }

    [Theory]
    [InlineData("{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://example.com/a.png','detail':'low'}}]}", "{'type':'input_image','image_url':'https://example.com/a.png','detail':'low'}")]
    [InlineData("{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA'}}]}", "{'type':'input_image','image_url':'data:image/png;base64,AAAA'}")]
    [InlineData("{'role':'user','parts':[{'inlineData':{'mimeType':'image/png','data':'AAAA'}}]}", "{'type':'input_image','image_url':'data:image/png;base64,AAAA'}")]
    [InlineData("{'role':'user','content':[{'type':'document','source':{'type':'url','url':'https://example.com/a.pdf'}}]}", "{'type':'input_file','file_url':'https://example.com/a.pdf'}")]
    [InlineData("{'role':'user','content':[{'type':'file','file':{'file_id':'f'}}]}", "{'type':'input_file','file_id':'f'}")]
    [InlineData("{'role':'user','content':[{'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,AAAA'}}]}", "{'type':'input_file','file_data':'data:application/pdf;base64,AAAA','filename':'a.pdf'}")]
    [InlineData("{'role':'user','content':[{'type':'input_text','text':'x'}]}", "{'type':'input_text','text':'x'}")]
    public void Images_and_files_are_flat(string message, string part) =>
        NativeBody.AssertMember("[{'role':'user','content':[" + part + "]}]", NativeBody.Responses(Requests.Messages(message)), "input");

    [Theory]
    [InlineData("'tools':[{'googleSearch':{}}]", "payload.tools[0]:")]
    [InlineData("'providerArgs':{'stream':true}", "payload.providerArgs.stream:")]
    public void What_Responses_do_not_have_is_refused_by_name(string members, string message) =>
        Assert.StartsWith(message, NativeBody.ResponsesFault(Requests.Chat(members)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{'role':'user','content':[{'type':'input_audio','input_audio':{'data':'AAAA','format':'wav'}}]}", "payload.messages[0].content[0].input_audio.data:")]
    [InlineData("{'role':'user','parts':[{'executableCode':{}}]}", "payload.messages[0].parts[0]:")]
    [InlineData("{'role':'assistant','tool_calls':[{'id':'c','type':'custom','custom':{'name':'f','input':'x'}}]}", "payload.messages[0].tool_calls[0]:")]
    public void Messages_that_cannot_be_said_are_refused_by_name(string message, string expected) =>
        Assert.StartsWith(expected, NativeBody.ResponsesFault(Requests.Messages(message)), StringComparison.Ordinal);
}
