using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects.Anthropic;

public sealed class AnthropicRequestTests
{
    [Fact]
    public void A_request_of_OpenAI_s_form_is_said_in_Anthropic_s()
    {
        var body = NativeBody.Anthropic(
            Requests.Messages(
                "{'role':'system','content':'be brief'},{'role':'user','content':'hi'}",
                "'instructions':'first','stream':true,'max_tokens':100,'temperature':0.50,'stop':'x','seed':1,'n':1,'presence_penalty':1,'user':'u1','unknown':1"),
            stream: true);

        Requests.AssertJson(
            """
            {"model":"claude-sonnet-4-5","max_tokens":100,"system":[{"type":"text","text":"first"},{"type":"text","text":"be brief"}],
             "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}],"temperature":0.50,"stop_sequences":["x"],
             "metadata":{"user_id":"u1"},"stream":true}
            """,
            body);
    }

    [Theory]
    [InlineData("claude-3-5-haiku-20241022", "4096")]
    [InlineData("claude-sonnet-4-5-20250929", "64000")]
    [InlineData("claude-opus-4-6", "128000")]
    [InlineData("claude-sonnet-5-5", "128000")]
    [InlineData("somebody-else", "4096")]
    public void The_length_that_Anthropic_wants_is_the_model_s_own_where_none_is_asked(string model, string expected)
    {
        NativeBody.AssertMember(expected, NativeBody.Anthropic(Requests.Chat(""), model), "max_tokens");
        NativeBody.AssertMember("7", NativeBody.Anthropic(Requests.Chat("'max_completion_tokens':7"), model), "max_tokens");
        NativeBody.AssertMember("8", NativeBody.Anthropic(Requests.Chat("'generationConfig':{'maxOutputTokens':8}"), model), "max_tokens");
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", "'temperature':0.7", "temperature", "0.7")]
    [InlineData("claude-sonnet-4-5", "'temperature':1.7", "temperature", "1")]
    [InlineData("claude-sonnet-4-5", "'temperature':0.7,'top_p':0.9", "temperature", "0.7")]
    [InlineData("claude-sonnet-4-5", "'temperature':0.7,'top_p':0.9", "top_p", null)]
    [InlineData("claude-sonnet-4-5", "'top_p':0.9,'top_k':5", "top_p", "0.9")]
    [InlineData("claude-sonnet-4-5", "'top_p':0.9,'top_k':5", "top_k", "5")]
    [InlineData("claude-3-5-haiku", "'temperature':0.7,'top_p':0.9", "top_p", "0.9")]
    [InlineData("claude-opus-4-7", "'temperature':1", "temperature", null)]
    [InlineData("claude-opus-4-8", "'top_p':0.99", "top_p", null)]
    [InlineData("claude-sonnet-5-5", "'generationConfig':{'topK':5}", "top_k", null)]
    [InlineData("claude-fable-5-1", "'temperature':0", "temperature", null)]
    [InlineData("claude-sonnet-4-5", "'generationConfig':{'stopSequences':['a','b'],'topP':0.10}", "stop_sequences", "['a','b']")]
    [InlineData("claude-sonnet-4-5", "'generationConfig':{'topP':0.10}", "top_p", "0.10")]
    [InlineData("claude-opus-4-6", "'reasoning_effort':'high'", "output_config", "{'effort':'high'}")]
    [InlineData("claude-opus-4-6", "'reasoning_effort':'none'", "output_config", "{'effort':'low'}")]
    [InlineData("claude-opus-4-6", "'reasoning_effort':'xhigh'", "output_config", "{'effort':'max'}")]
    [InlineData("claude-3-5-haiku", "'reasoning_effort':'high'", "output_config", null)]
    [InlineData("claude-opus-4-6", "'thinking':{'type':'adaptive'}", "thinking", "{'type':'adaptive'}")]
    public void Settings_are_what_the_model_takes(string model, string members, string name, string? expected) =>
        NativeBody.AssertMember(expected, NativeBody.Anthropic(Requests.Chat(members), model), name);

    [Fact]
    public void A_schema_holds_the_model_where_it_can_and_is_said_in_words_where_not()
    {
        const string Format = "'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'type':'object'}}}";

        var held = NativeBody.Anthropic(Requests.Chat(Format));
        var told = NativeBody.Anthropic(Requests.Chat(Format), "claude-3-5-haiku");
        var loose = NativeBody.Anthropic(Requests.Chat("'response_format':{'type':'json_object'}"));
        var geminis = NativeBody.Anthropic(Requests.Chat("'generationConfig':{'responseSchema':{'type':'OBJECT'}}"));

        NativeBody.AssertMember("{'format':{'type':'json_schema','schema':{'type':'object'}}}", held, "output_config");
        Assert.Null(NativeBody.Member(held, "system"));
        Assert.Null(NativeBody.Member(told, "output_config"));
        NativeBody.AssertMember("""[{"type":"text","text":"Answer with JSON that fits this schema, and with nothing else: {\"type\":\"object\"}"}]""", told, "system");
        NativeBody.AssertMember("[{'type':'text','text':'Answer with one JSON object and nothing else.'}]", loose, "system");
        NativeBody.AssertMember("{'format':{'type':'json_schema','schema':{'type':'object'}}}", geminis, "output_config");
    }

    [Theory]
    [InlineData("'tools':[],'tool_choice':'auto'", null, null)]
    [InlineData("'functions':[{'name':'f','description':'d','parameters':{'type':'object','properties':{'a':{'type':'string'}}}}],'function_call':'auto'",
        "[{'name':'f','description':'d','input_schema':{'type':'object','properties':{'a':{'type':'string'}}}}]", "{'type':'auto'}")]
    [InlineData("'tools':[{'type':'function','function':{'name':'f','strict':true}}],'tool_choice':'none'",
        "[{'name':'f','input_schema':{'type':'object','properties':{}}}]", "{'type':'none'}")]
    [InlineData("'tools':[{'name':'f','parameters':{'properties':{'a':{}}}}],'tool_choice':'required'",
        "[{'name':'f','input_schema':{'type':'object','properties':{'a':{}}}}]", "{'type':'any'}")]
    [InlineData("'tools':[{'name':'f'}],'tool_choice':{'type':'function','function':{'name':'f'}}",
        "[{'name':'f','input_schema':{'type':'object','properties':{}}}]", "{'type':'tool','name':'f'}")]
    [InlineData("'tools':[{'functionDeclarations':[{'name':'f','parameters':{'type':'OBJECT','properties':{'a':{'type':'STRING'}}}}]}]",
        "[{'name':'f','input_schema':{'type':'object','properties':{'a':{'type':'string'}}}}]", null)]
    [InlineData("'tools':[{'name':'f','input_schema':{'type':'object'},'cache_control':{'type':'ephemeral'}},{'type':'web_search_20250305','name':'web_search'}]",
        "[{'name':'f','input_schema':{'type':'object'},'cache_control':{'type':'ephemeral'}},{'type':'web_search_20250305','name':'web_search'}]", null)]
    [InlineData("'tools':[{'name':'f'},{'name':'g'},{'name':'h'}],'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'required',"
        + "'tools':[{'type':'function','function':{'name':'f'}},{'type':'function','function':{'name':'h'}}]}}",
        "[{'name':'f','input_schema':{'type':'object','properties':{}}},{'name':'h','input_schema':{'type':'object','properties':{}}}]", "{'type':'any'}")]
    [InlineData("'tools':[{'name':'f'}],'parallel_tool_calls':false",
        "[{'name':'f','input_schema':{'type':'object','properties':{}}}]", "{'type':'auto','disable_parallel_tool_use':true}")]
    [InlineData("'tools':[{'name':'f'}],'tool_choice':{'type':'any','disable_parallel_tool_use':true}",
        "[{'name':'f','input_schema':{'type':'object','properties':{}}}]", "{'type':'any','disable_parallel_tool_use':true}")]
    public void Tools_and_choice_of_every_form_become_Anthropic_s(string members, string? tools, string? choice)
    {
        var body = NativeBody.Anthropic(Requests.Chat(members));

        NativeBody.AssertMember(tools, body, "tools");
        NativeBody.AssertMember(choice, body, "tool_choice");
    }

    [Theory]
    [InlineData("claude-opus-5-5", "'required'", "Call one of the tools before you answer.")]
    [InlineData("claude-sonnet-5-5-20260901", "{'type':'function','function':{'name':'f'}}", "Call the tool f before you answer.")]
    [InlineData("claude-fable-5-2", "{'type':'any'}", "Call one of the tools before you answer.")]
    public void A_model_that_cannot_be_forced_is_asked(string model, string choice, string words)
    {
        var body = NativeBody.Anthropic(Requests.Chat("'tools':[{'name':'f'}],'tool_choice':" + choice), model);

        NativeBody.AssertMember("{'type':'auto'}", body, "tool_choice");
        NativeBody.AssertMember("[{'type':'text','text':'" + words + "'}]", body, "system");
    }

    [Theory]
    [InlineData("'tools':[{'googleSearch':{}}]", "payload.tools[0]:")]
    [InlineData("'tools':[{'type':'web_search'}]", "payload.tools[0]:")]
    [InlineData("'tools':[{'name':'f'}],'tool_choice':{'type':'custom','custom':{'name':'c'}}", "payload.tool_choice:")]
    [InlineData("'providerArgs':{'model':'other'}", "payload.providerArgs.model:")]
    public void What_Anthropic_does_not_have_is_refused_by_name(string members, string message) =>
        Assert.StartsWith(message, NativeBody.AnthropicFault(Requests.Chat(members)), StringComparison.Ordinal);

    [Fact]
    public void Provider_args_come_last()
    {
        var body = NativeBody.Anthropic(Requests.Chat("'max_tokens':5,'providerArgs':{'max_tokens':6,'service_tier':'auto'}"));

        NativeBody.AssertMember("6", body, "max_tokens");
        NativeBody.AssertMember("'auto'", body, "service_tier");
    }

    [Fact]
    public void Text_is_copied_as_it_was_written()
    {
        var body = NativeBody.Anthropic("""{"payload":{"model":"m","messages":[{"role":"user","content":"日本 😀 \u65e5 \/ <&'>"}]}}""");

        Assert.Contains("""{"type":"text","text":"日本 😀 \u65e5 \/ <&'>"}""", System.Text.Encoding.UTF8.GetString(body.Span), StringComparison.Ordinal);
    }
}
