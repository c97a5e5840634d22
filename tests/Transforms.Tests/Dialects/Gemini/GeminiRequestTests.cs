using System.Text;
using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects.Gemini;

public sealed class GeminiRequestTests
{
    [Fact]
    public void A_plain_chat_is_nothing_but_contents() =>
        Requests.AssertJson("{'contents':[{'role':'user','parts':[{'text':'hi'}]}]}", NativeBody.Gemini(Requests.Chat("'provider':'gemini','stream':true,'apiKey':'k'")));

    [Theory]
    [InlineData("'unknown':1")]
    [InlineData("'logit_bias':{}")]
    [InlineData("'stream_options':{}")]
    [InlineData("'user':'u'")]
    [InlineData("'labels':{'a':'b'}")]
    public void Fields_that_Gemini_does_not_know_stay_here(string member) =>
        Requests.AssertJson("{'contents':[{'role':'user','parts':[{'text':'hi'}]}]}", NativeBody.Gemini(Requests.Chat(member)));

    [Theory]
    [InlineData("'temperature':0.50", "{'temperature':0.50}")]
    [InlineData("'top_p':0.9,'top_k':40", "{'topP':0.9,'topK':40}")]
    [InlineData("'max_tokens':10", "{'maxOutputTokens':10}")]
    [InlineData("'max_completion_tokens':10", "{'maxOutputTokens':10}")]
    [InlineData("'stop':'x'", "{'stopSequences':['x']}")]
    [InlineData("'stop':['x','y']", "{'stopSequences':['x','y']}")]
    [InlineData("'seed':-5", "{'seed':-5}")]
    [InlineData("'n':2", "{'candidateCount':2}")]
    [InlineData("'response_format':{'type':'json_object'}", "{'responseMimeType':'application/json'}")]
    [InlineData("'response_format':{'type':'text'}", "{}")]
    [InlineData("'response_format':{'type':'json_schema','json_schema':{'name':'n','strict':true,'schema':{'type':'object'}}}",
        "{'responseMimeType':'application/json','responseJsonSchema':{'type':'object'}}")]
    [InlineData("'generationConfig':{'temperature':0.7,'maxOutputTokens':2048,'topK':1,'unknown':1,'thinkingConfig':{'thinkingBudget':0}}",
        "{'temperature':0.7,'maxOutputTokens':2048,'topK':1,'thinkingConfig':{'thinkingBudget':0}}")]
    [InlineData("'generationConfig':{'top_p':0.7,'stop_sequences':['x'],'response_mime_type':'application/json','responseSchema':{'type':'OBJECT'}}",
        "{'topP':0.7,'stopSequences':['x'],'responseMimeType':'application/json','responseSchema':{'type':'OBJECT'}}")]
    [InlineData("'generationConfig':{'temperature':0.7,'presencePenalty':1,'response_modalities':['TEXT']},'temperature':0.1",
        "{'temperature':0.1,'presencePenalty':1,'responseModalities':['TEXT']}")]
    [InlineData("'presence_penalty':1,'frequency_penalty':1", "{}")]
    public void Settings_have_Gemini_s_names(string members, string config) =>
        NativeBody.AssertMember(config, NativeBody.Gemini(Requests.Chat(members)), "generationConfig");

    [Theory]
    [InlineData("none", "gemini-2.5-flash", "{'thinkingConfig':{'thinkingBudget':0}}")]
    [InlineData("none", "gemini-2.5-pro", "{'thinkingConfig':{'thinkingBudget':128}}")]
    [InlineData("low", "gemini-2.5-pro", "{'thinkingConfig':{'thinkingBudget':1024}}")]
    [InlineData("high", "gemini-2.5-flash", "{'thinkingConfig':{'thinkingBudget':24576}}")]
    [InlineData("minimal", "gemini-3-flash", "{'thinkingConfig':{'thinkingLevel':'MINIMAL'}}")]
    [InlineData("minimal", "gemini-3.8-flash", "{'thinkingConfig':{'thinkingLevel':'LOW'}}")]
    [InlineData("none", "gemini-3-pro", "{'thinkingConfig':{'thinkingLevel':'LOW'}}")]
    [InlineData("medium", "gemini-4-carbon", "{'thinkingConfig':{'thinkingLevel':'MEDIUM'}}")]
    [InlineData("max", "gemini-3-pro", "{'thinkingConfig':{'thinkingLevel':'HIGH'}}")]
    [InlineData("high", "gemini-2.0-flash", "{}")]
    public void Effort_becomes_what_the_model_understands(string effort, string model, string config) =>
        NativeBody.AssertMember(config, NativeBody.Gemini(Requests.Chat("'reasoning_effort':'" + effort + "'"), model), "generationConfig");

    [Theory]
    [InlineData("'tools':[]", null, null)]
    [InlineData("'tools':[],'tool_choice':'none'", null, null)]
    [InlineData("'functions':[{'name':'f','description':'d','parameters':{'type':'object','properties':{'a':{'type':'string'}},'additionalProperties':false}}]",
        "[{'functionDeclarations':[{'name':'f','description':'d','parametersJsonSchema':"
        + "{'type':'object','properties':{'a':{'type':'string'}},'additionalProperties':false}}]}]", null)]
    [InlineData("'tools':[{'type':'function','function':{'name':'f','strict':true,'parameters':{'type':'object','properties':{}}}},{'name':'g'}],'tool_choice':'auto'",
        "[{'functionDeclarations':[{'name':'f'},{'name':'g'}]}]", "{'functionCallingConfig':{'mode':'AUTO'}}")]
    [InlineData("'tools':[{'name':'f','parameters':{'$ref':'#/x'}}],'tool_choice':'none'",
        "[{'functionDeclarations':[{'name':'f','parametersJsonSchema':{'$ref':'#/x'}}]}]", "{'functionCallingConfig':{'mode':'NONE'}}")]
    [InlineData("'tools':[{'name':'f'}],'tool_choice':'required'", "[{'functionDeclarations':[{'name':'f'}]}]", "{'functionCallingConfig':{'mode':'ANY'}}")]
    [InlineData("'tools':[{'name':'f'}],'function_call':{'name':'f'}", "[{'functionDeclarations':[{'name':'f'}]}]",
        "{'functionCallingConfig':{'mode':'ANY','allowedFunctionNames':['f']}}")]
    [InlineData("'tools':[{'name':'f'}],'tool_choice':{'type':'function','function':{'name':'f'}}", "[{'functionDeclarations':[{'name':'f'}]}]",
        "{'functionCallingConfig':{'mode':'ANY','allowedFunctionNames':['f']}}")]
    [InlineData("'tools':[{'name':'f'}],'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':[{'type':'function','function':{'name':'f'}}]}}",
        "[{'functionDeclarations':[{'name':'f'}]}]", "{'functionCallingConfig':{'mode':'VALIDATED','allowedFunctionNames':['f']}}")]
    [InlineData("'tools':[{'functionDeclarations':[{'name':'f','parameters':{'type':'OBJECT','properties':{'a':{'type':'STRING'}}}}]},{'googleSearch':{}}],"
        + "'toolConfig':{'functionCallingConfig':{'mode':'VALIDATED'},'retrievalConfig':{}}",
        "[{'functionDeclarations':[{'name':'f','parameters':{'type':'OBJECT','properties':{'a':{'type':'STRING'}}}}]},{'googleSearch':{}}]",
        "{'functionCallingConfig':{'mode':'VALIDATED'},'retrievalConfig':{}}")]
    public void Tools_and_choice_are_declared(string members, string? tools, string? config)
    {
        var body = NativeBody.Gemini(Requests.Chat(members));

        NativeBody.AssertMember(tools, body, "tools");
        NativeBody.AssertMember(config, body, "toolConfig");
    }

    [Theory]
    [InlineData("'seed':12345678901", "payload.seed:")]
    [InlineData("'tools':[{'type':'web_search'}]", "payload.tools[0]:")]
    [InlineData("'tools':[{'name':'f'}],'tool_choice':{'type':'custom','custom':{'name':'c'}}", "payload.tool_choice:")]
    public void What_Gemini_does_not_have_is_refused_by_name(string members, string message) =>
        Assert.StartsWith(message, NativeBody.GeminiFault(Requests.Chat(members)), StringComparison.Ordinal);

    [Fact]
    public void Gemini_s_own_fields_and_provider_args_come_last()
    {
        var body = NativeBody.Gemini(Requests.Chat(
            "'temperature':1,'safetySettings':[{'category':'c','threshold':'t'}],'cachedContent':'cachedContents/1',"
            + "'providerArgs':{'generationConfig':{'topP':0.10},'serviceTier':'flex'}"));

        Requests.AssertJson(
            """
            {"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"temperature":1,"topP":0.10},
             "safetySettings":[{"category":"c","threshold":"t"}],"cachedContent":"cachedContents/1","serviceTier":"flex"}
            """,
            body);
    }

    [Fact]
    public void Text_is_copied_as_it_was_written()
    {
        var body = NativeBody.Gemini("""{"payload":{"model":"m","messages":[{"role":"user","content":"日本 😀 \u65e5 \/ <&'>"}]}}""");

        Assert.Contains("""{"text":"日本 😀 \u65e5 \/ <&'>"}""", Encoding.UTF8.GetString(body.Span), StringComparison.Ordinal);
    }
}
