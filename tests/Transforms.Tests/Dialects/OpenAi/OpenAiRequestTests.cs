using System.Text;
using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects.OpenAi;

public sealed class OpenAiRequestTests
{
    [Fact]
    public void The_older_form_is_said_in_today_s_words()
    {
        var body = NativeBody.OpenAi(
            """
            {"apiKey":"BFAPI_x","channels":["anonymous"],"actionName":"a","service":"openAI","payload":{"apiKey":"sk-x","stream":true,
             "functions":[],"max_tokens":4000,"seed":1,"messages":[{"content":"You tell jokes.","role":"system"},{"content":"go","role":"user"}],
             "model":"alias","temperature":0}}
            """,
            "gpt-4-turbo",
            stream: true);

        Requests.AssertJson(
            """
            {"model":"gpt-4-turbo","messages":[{"role":"system","content":"You tell jokes."},{"role":"user","content":"go"}],
             "max_completion_tokens":4000,"seed":1,"temperature":0,"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}
            """,
            body);
    }

    [Theory]
    [InlineData("'max_tokens':10", "max_completion_tokens", "10")]
    [InlineData("'max_tokens':10,'max_completion_tokens':20", "max_completion_tokens", "20")]
    [InlineData("'max_tokens':10", "max_tokens", null)]
    [InlineData("'provider':'openai'", "provider", null)]
    [InlineData("'apiKey':'sk-x'", "apiKey", null)]
    [InlineData("'service':'openAI'", "service", null)]
    [InlineData("'thread_id':'thread_1'", "thread_id", null)]
    [InlineData("'top_k':40", "top_k", null)]
    [InlineData("'safetySettings':[]", "safetySettings", null)]
    [InlineData("'generationConfig':{'temperature':0.5}", "generationConfig", null)]
    [InlineData("'generationConfig':{'temperature':0.5}", "temperature", "0.5")]
    [InlineData("'generationConfig':{'temperature':0.5},'temperature':1", "temperature", "1")]
    [InlineData("'generationConfig':{'topP':0.9}", "top_p", "0.9")]
    [InlineData("'generationConfig':{'top_p':0.9}", "top_p", "0.9")]
    [InlineData("'generationConfig':{'topK':40}", "top_k", null)]
    [InlineData("'generationConfig':{'maxOutputTokens':7}", "max_completion_tokens", "7")]
    [InlineData("'generationConfig':{'stopSequences':['x']}", "stop", "['x']")]
    [InlineData("'generationConfig':{'seed':3}", "seed", "3")]
    [InlineData("'generationConfig':{'candidateCount':2}", "n", "2")]
    [InlineData("'generationConfig':{'presencePenalty':0.1}", "presence_penalty", "0.1")]
    [InlineData("'generationConfig':{'frequencyPenalty':0.1}", "frequency_penalty", "0.1")]
    [InlineData("'generationConfig':{'responseMimeType':'application/json'}", "response_format", "{'type':'json_object'}")]
    [InlineData("'generationConfig':{'responseMimeType':'text/plain'}", "response_format", null)]
    [InlineData(
        "'generationConfig':{'responseMimeType':'application/json','responseSchema':{'type':'OBJECT','properties':{'type':{'type':'STRING'}}}}",
        "response_format",
        "{'type':'json_schema','json_schema':{'name':'response','schema':{'type':'object','properties':{'type':{'type':'string'}}}}}")]
    [InlineData("'generationConfig':{'thinkingConfig':{'thinkingLevel':'LOW'}}", "reasoning_effort", "'low'")]
    [InlineData("'reasoning_effort':'high'", "reasoning_effort", "'high'")]
    [InlineData("'stop':'x'", "stop", "'x'")]
    [InlineData("'response_format':{'type':'json_object'}", "response_format", "{'type':'json_object'}")]
    [InlineData("'stream_options':{'include_usage':true}", "stream_options", null)]
    [InlineData("'stream':true", "stream", null)]
    [InlineData("'logit_bias':{'50256':-100}", "logit_bias", "{'50256':-100}")]
    [InlineData("'metadata':null", "metadata", "null")]
    [InlineData("'user':''", "user", "''")]
    public void Parameters_have_one_place(string members, string name, string? expected) =>
        NativeBody.AssertMember(expected, NativeBody.OpenAi(Requests.Chat(members)), name);

    [Theory]
    [InlineData("", "{'include_usage':true,'include_obfuscation':false}")]
    [InlineData("'stream_options':{'include_obfuscation':true,'x':1}", "{'include_usage':true,'include_obfuscation':true,'x':1}")]
    [InlineData("'stream_options':{'include_usage':false}", "{'include_usage':true,'include_obfuscation':false}")]
    public void A_stream_asks_for_usage_and_no_padding(string members, string expected) =>
        NativeBody.AssertMember(expected, NativeBody.OpenAi(Requests.Chat(members), stream: true), "stream_options");

    [Fact]
    public void Unknown_fields_pass_token_by_token()
    {
        var body = NativeBody.OpenAi(
            """
            {"payload":{"model":"m","messages":[{"role":"user","content":"日本 😀 \u65e5 <&'\/> \"q\"","name":"n"}], // why
             "big":12345678901234567890.10, "tiny":1E-400, "neg":-0.0, "text":"日本 😀 \u65e5\/", "list":[1,/* c */2,], "nested":{"日":{"a\u00e9":null,},},}}
            """);
        var text = Encoding.UTF8.GetString(body.Span);

        Assert.Contains("""{"role":"user","content":"日本 😀 \u65e5 <&'\/> \"q\"","name":"n"}""", text, StringComparison.Ordinal);
        Assert.Contains("""
            "big":12345678901234567890.10,"tiny":1E-400,"neg":-0.0,"text":"日本 😀 \u65e5\/","list":[1,2],"nested":{"日":{"aé":null}}
            """.Trim(), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'tools':[]", null, null)]
    [InlineData("'functions':[],'function_call':'auto'", null, null)]
    [InlineData("'tools':[],'tool_choice':'auto','parallel_tool_calls':false", null, null)]
    [InlineData("'tools':[{'type':'function','function':{'name':'f','x':1}}]", "[{'type':'function','function':{'name':'f','x':1}}]", null)]
    [InlineData("'tools':[{'name':'f'}]", "[{'type':'function','function':{'name':'f'}}]", null)]
    [InlineData(
        "'tools':[{'name':'f','description':'d','parameters':{'type':'object'},'strict':true}],'toolChoice':'required'",
        "[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object'},'strict':true}}]",
        "'required'")]
    [InlineData("'tools':[{'type':'function','name':'f'}],'tool_choice':'none'", "[{'type':'function','function':{'name':'f'}}]", "'none'")]
    [InlineData(
        "'functions':[{'name':'f','parameters':{}}],'function_call':{'name':'f'}",
        "[{'type':'function','function':{'name':'f','parameters':{}}}]",
        "{'type':'function','function':{'name':'f'}}")]
    [InlineData(
        "'tools':[{'name':'f','input_schema':{'type':'object'}}],'tool_choice':{'type':'tool','name':'f'}",
        "[{'type':'function','function':{'name':'f','parameters':{'type':'object'}}}]",
        "{'type':'function','function':{'name':'f'}}")]
    [InlineData("'tools':[{'name':'f'}],'tool_choice':{'type':'any'}", "[{'type':'function','function':{'name':'f'}}]", "'required'")]
    [InlineData(
        "'tools':[{'functionDeclarations':[{'name':'f','parameters':{'type':'OBJECT'}},{'name':'g'}]}],"
        + "'toolConfig':{'functionCallingConfig':{'mode':'ANY','allowedFunctionNames':['f','g']}}",
        "[{'type':'function','function':{'name':'f','parameters':{'type':'object'}}},{'type':'function','function':{'name':'g'}}]",
        "{'type':'allowed_tools','allowed_tools':{'mode':'required','tools':[{'type':'function','function':{'name':'f'}},{'type':'function','function':{'name':'g'}}]}}")]
    [InlineData(
        "'tools':[{'type':'custom','custom':{'name':'c'}}],'tool_choice':{'type':'custom','custom':{'name':'c'}}",
        "[{'type':'custom','custom':{'name':'c'}}]",
        "{'type':'custom','custom':{'name':'c'}}")]
    public void Tools_and_choice_of_every_form_become_today_s(string members, string? tools, string? choice)
    {
        var body = NativeBody.OpenAi(Requests.Chat(members));

        NativeBody.AssertMember(tools, body, "tools");
        NativeBody.AssertMember(choice, body, "tool_choice");
        Assert.Null(NativeBody.Member(body, "functions"));
        Assert.Null(NativeBody.Member(body, "function_call"));
        Assert.Null(NativeBody.Member(body, "toolChoice"));
    }

    [Theory]
    [InlineData("'parallel_tool_calls':false", "false")]
    [InlineData("'parallel_tool_calls':1", "true")]
    [InlineData("'tool_choice':{'type':'auto','disable_parallel_tool_use':true}", "false")]
    [InlineData("'tool_choice':'auto'", null)]
    public void Parallel_calls_are_switched(string members, string? expected) =>
        NativeBody.AssertMember(expected, NativeBody.OpenAi(Requests.Chat("'tools':[{'name':'f'}]," + members)), "parallel_tool_calls");

    [Theory]
    [InlineData("gpt-5.5-mini", "", "'none'")]
    [InlineData("gpt-5.6-terra", "'reasoning_effort':'low'", "'low'")]
    [InlineData("gpt-5.4", "", null)]
    [InlineData("gpt-4o", "", null)]
    public void Models_that_refuse_tools_while_reasoning_are_told_not_to(string model, string members, string? expected)
    {
        var tools = "'tools':[{'name':'f'}]" + (members.Length > 0 ? "," + members : string.Empty);

        NativeBody.AssertMember(expected, NativeBody.OpenAi(Requests.Chat(tools), model), "reasoning_effort");
    }

    [Theory]
    [InlineData("'tools':[{'googleSearch':{}}]", "payload.tools[0]")]
    [InlineData("'tools':[{'name':'f'},{'type':'web_search_20250305','name':'web_search'}]", "payload.tools[1]")]
    [InlineData("'providerArgs':{'model':'other'}", "payload.providerArgs.model")]
    [InlineData("'providerArgs':{'stream':false}", "payload.providerArgs.stream")]
    public void What_OpenAI_does_not_have_is_refused_by_name(string members, string field) =>
        Assert.StartsWith(field + ":", NativeBody.OpenAiFault(Requests.Chat(members)), StringComparison.Ordinal);

    [Fact]
    public void Provider_args_are_merged_last()
    {
        var body = NativeBody.OpenAi(Requests.Chat(
            "'temperature':1.50,'x':{'a':1,'b':{'c':2}},'stop':['q'],'providerArgs':{'x':{'b':{'d':3.0}},'stop':['z'],'new':'日','temperature':{}}"));

        Requests.AssertJson(
            """
            {"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"temperature":{},"stop":["z"],"x":{"a":1,"b":{"c":2,"d":3.0}},"new":"日"}
            """,
            body);
        Assert.Contains("\"d\":3.0", Encoding.UTF8.GetString(body.Span), StringComparison.Ordinal);
    }
}
