using System.Text.Json;

namespace BfProxy.Transforms.Tests.Contract;

public sealed class ChatRequestTests
{
    [Theory]
    [InlineData("['a','b']", "a|b")]
    [InlineData("'a'", "a")]
    [InlineData("' a , b,,a '", "a|b")]
    [InlineData("['a, b',' c ',null,'']", "a|b|c")]
    [InlineData("''", "")]
    [InlineData("null", "")]
    public void Channels_are_split_trimmed_and_distinct(string channels, string expected)
    {
        var request = Requests.Read(Requests.Quoted("{'channels':" + channels + ",'payload':{'messages':[{'role':'user','content':'x'}]}}"));

        Assert.Equal(expected, string.Join('|', request.Channels));
    }

    [Theory]
    [InlineData("'channels':7,", "channels")]
    [InlineData("'channels':['a',7],", "channels[1]")]
    [InlineData("'channels':[],", "channels")]
    [InlineData("'channels':' , ',", "channels")]
    [InlineData("", "channels")]
    public void A_stream_needs_channels(string channels, string field)
    {
        var fault = Requests.Fault(Requests.Quoted("{" + channels + "'payload':{'stream':true,'messages':[{'role':'user','content':'x'}]}}"));

        Assert.Equal(field, fault.Field);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_request_names_at_most_100_channels(int count, bool isAccepted)
    {
        var names = string.Join(',', Enumerable.Range(0, count));
        using var envelope = Requests.Parse(Requests.Quoted("{'channels':'" + names + "','payload':{'messages':[{'role':'user','content':'x'}]}}"));

        Assert.Equal(isAccepted, envelope.TryReadChat(out _, out _));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("'true'", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("'false'", false)]
    [InlineData("null", false)]
    [InlineData("''", false)]
    public void Stream_is_a_boolean_in_several_spellings(string value, bool expected) =>
        Assert.Equal(expected, Requests.Read(Requests.Chat("'stream':" + value)).Stream);

    [Theory]
    [InlineData("2")]
    [InlineData("1.5")]
    [InlineData("'yes'")]
    [InlineData("'TRUE'")]
    [InlineData("{}")]
    public void Any_other_stream_is_refused(string value) => Assert.Equal("payload.stream", Requests.Fault(Requests.Chat("'stream':" + value)).Field);

    [Theory]
    [InlineData("", "'provider':'Gemini'", "gemini")]
    [InlineData("'service':'openAI',", "", "openai")]
    [InlineData("'service':'openAI',", "'provider':'GEMINI'", "gemini")]
    [InlineData("'service':'openAI',", "'provider':''", "openai")]
    [InlineData("'service':null,", "'provider':null", "openai")]
    [InlineData("", "", "openai")]
    public void The_provider_is_named_in_the_payload_or_the_older_field(string service, string provider, string expected)
    {
        var request = Requests.Read(Requests.Quoted("{" + service + "'payload':{'messages':[{'role':'user','content':'x'}]," + provider + "}}"));

        Assert.Equal(expected, request.Provider);
    }

    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("models/gemini-2.5-pro")]
    [InlineData("org/name:tag@v1.2_x")]
    [InlineData("a..b")]
    public void A_model_name_is_harmless_in_a_path(string model) =>
        Assert.Equal(model, Requests.Read(Requests.Chat("'model':'" + model + "'")).Model);

    [Theory]
    [InlineData("../secret")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("a b")]
    [InlineData("a?b")]
    [InlineData("a%2e")]
    [InlineData("a\\\\b")]
    [InlineData("mod\u00E8le")]
    public void Any_other_model_name_is_refused(string model) =>
        Assert.Equal("payload.model", Requests.Fault(Requests.Chat("'model':'" + model + "'")).Field);

    [Fact]
    public void A_model_name_of_three_megabytes_is_refused_without_repeating_it()
    {
        var fault = Requests.Fault(Requests.Chat("'model':'" + new string('m', 3_000_000) + "'"));

        Assert.Equal("payload.model", fault.Field);
        Assert.InRange(fault.Message.Length, 1, 300);
    }

    [Fact]
    public void An_empty_array_is_called_empty() =>
        Assert.EndsWith("found an empty array.", Requests.Fault(Requests.Quoted("{'payload':{'messages':[]}}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("'payload':7", "payload")]
    [InlineData("'payload':null", "payload")]
    [InlineData("'x':1", "payload")]
    [InlineData("'actionName':7,'payload':{}", "actionName")]
    [InlineData("'payload':{'provider':7}", "payload.provider")]
    [InlineData("'service':[],'payload':{}", "service")]
    [InlineData("'payload':{'apiKey':{}}", "payload.apiKey")]
    [InlineData("'payload':{'apiKey':'a b'}", "payload.apiKey")]
    [InlineData("'payload':{'model':1}", "payload.model")]
    [InlineData("'payload':{}", "payload.messages")]
    [InlineData("'payload':{'messages':[]}", "payload.messages")]
    [InlineData("'payload':{'messages':'hi'}", "payload.messages")]
    [InlineData("'payload':{'messages':{}}", "payload.messages")]
    public void A_wrong_type_is_named_by_its_path(string members, string field)
    {
        var fault = Requests.Fault(Requests.Quoted("{" + members + "}"));

        Assert.Equal(400, fault.Status);
        Assert.Equal(field, fault.Field);
        Assert.Contains(field, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", "")]
    [InlineData("{}", ".role")]
    [InlineData("{'role':7,'content':'x'}", ".role")]
    [InlineData("{'role':'robot','content':'x'}", ".role")]
    [InlineData("{'role':'user'}", ".content")]
    [InlineData("{'role':'user','content':null}", ".content")]
    [InlineData("{'role':'user','content':5}", ".content")]
    [InlineData("{'role':'user','content':[5]}", ".content[0]")]
    [InlineData("{'role':'user','content':[{'type':'text','text':'a'},{'type':7}]}", ".content[1].type")]
    [InlineData("{'role':'user','content':[{'type':'text'}]}", ".content[0].text")]
    [InlineData("{'role':'user','content':[{'type':'image_url','image_url':'x'}]}", ".content[0].image_url")]
    [InlineData("{'role':'user','content':[{'type':'image_url','image_url':{}}]}", ".content[0].image_url.url")]
    [InlineData("{'role':'user','content':[{'type':'image','source':{'type':'base64'}}]}", ".content[0].source")]
    [InlineData("{'role':'user','content':[{'type':'tool_use','id':'x'}]}", ".content[0].name")]
    [InlineData("{'role':'assistant','tool_calls':{}}", ".tool_calls")]
    [InlineData("{'role':'assistant','tool_calls':[7]}", ".tool_calls[0]")]
    [InlineData("{'role':'assistant','tool_calls':[{'id':'x'}]}", ".tool_calls[0].function")]
    [InlineData("{'role':'assistant','tool_calls':[{'function':{}}]}", ".tool_calls[0].function.name")]
    [InlineData("{'role':'assistant','tool_calls':[{'function':{'name':'f','arguments':7}}]}", ".tool_calls[0].function.arguments")]
    [InlineData("{'role':'assistant','function_call':{'arguments':'{}'}}", ".function_call.name")]
    [InlineData("{'role':'tool','tool_call_id':7,'content':'x'}", ".tool_call_id")]
    [InlineData("{'role':'user','parts':7}", ".parts")]
    [InlineData("{'role':'user','parts':[7]}", ".parts[0]")]
    [InlineData("{'role':'user','parts':[{'text':7}]}", ".parts[0].text")]
    [InlineData("{'role':'user','parts':[{'inlineData':{}}]}", ".parts[0].inlineData")]
    [InlineData("{'role':'model','parts':[{'functionCall':{}}]}", ".parts[0].functionCall.name")]
    public void A_wrong_message_is_named_by_its_path(string message, string field) =>
        Assert.Equal("payload.messages[1]" + field, Requests.Fault(Requests.Messages("{'role':'user','content':'x'}," + message)).Field);

    [Theory]
    [InlineData("'tools':{}", "payload.tools")]
    [InlineData("'tools':[7]", "payload.tools[0]")]
    [InlineData("'tools':[{'type':'function','function':{}}]", "payload.tools[0].function.name")]
    [InlineData("'tools':[{'type':'function','function':{'name':'f','parameters':'x'}}]", "payload.tools[0].function.parameters")]
    [InlineData("'tools':[{'name':7}]", "payload.tools[0].name")]
    [InlineData("'functions':[{'name':'f','description':7}]", "payload.functions[0].description")]
    [InlineData("'tool_choice':7", "payload.tool_choice")]
    [InlineData("'toolChoice':'sometimes'", "payload.toolChoice")]
    [InlineData("'max_tokens':'many'", "payload.max_tokens")]
    [InlineData("'temperature':'hot'", "payload.temperature")]
    [InlineData("'top_p':{}", "payload.top_p")]
    [InlineData("'top_k':[]", "payload.top_k")]
    [InlineData("'seed':true", "payload.seed")]
    [InlineData("'n':'2'", "payload.n")]
    [InlineData("'stop':[7]", "payload.stop")]
    [InlineData("'response_format':'json'", "payload.response_format")]
    [InlineData("'reasoning_effort':1", "payload.reasoning_effort")]
    [InlineData("'parallel_tool_calls':'maybe'", "payload.parallel_tool_calls")]
    [InlineData("'generationConfig':[]", "payload.generationConfig")]
    [InlineData("'generationConfig':{'maxOutputTokens':'x'}", "payload.generationConfig.maxOutputTokens")]
    [InlineData("'providerArgs':[]", "payload.providerArgs")]
    [InlineData("'instructions':7", "payload.instructions")]
    [InlineData("'system':7", "payload.system")]
    [InlineData("'systemInstruction':{'parts':[7]}", "payload.systemInstruction.parts[0]")]
    public void A_wrong_parameter_is_named_by_its_path(string member, string field) => Assert.Equal(field, Requests.Fault(Requests.Chat(member)).Field);

    [Theory]
    [InlineData("provider")]
    [InlineData("apiKey")]
    [InlineData("stream")]
    [InlineData("functions")]
    [InlineData("tools")]
    [InlineData("tool_choice")]
    [InlineData("function_call")]
    [InlineData("max_tokens")]
    [InlineData("temperature")]
    [InlineData("seed")]
    [InlineData("stop")]
    [InlineData("system")]
    [InlineData("instructions")]
    [InlineData("systemInstruction")]
    [InlineData("generationConfig")]
    [InlineData("providerArgs")]
    [InlineData("response_format")]
    public void Null_and_an_empty_string_mean_absent(string name)
    {
        var withNull = Requests.Read(Requests.Chat($"'{name}':null"));
        var withEmpty = Requests.Read(Requests.Chat($"'{name}':''"));

        Assert.All([withNull, withEmpty], static request =>
        {
            Assert.Equal("openai", request.Provider);
            Assert.Null(request.ProviderKey);
            Assert.Single(request.Messages);
            Assert.Empty(request.Tools);
            Assert.Null(request.ToolChoice);
            Assert.Null(request.ProviderArgs);
        });
    }

    [Theory]
    [InlineData("'functions':[{'name':'f'}]", true)]
    [InlineData("'functions':[]", false)]
    [InlineData("'functions':[{'name':'f'}],'tools':[]", true)]
    [InlineData("'functions':[{'name':'f'}],'tools':[{'name':'g'}]", false)]
    [InlineData("'tools':[{'name':'g'}]", false)]
    public void The_deprecated_form_is_remembered_for_the_answer(string member, bool expected) =>
        Assert.Equal(expected, Requests.Read(Requests.Chat(member)).UsesFunctions);

    [Theory]
    [InlineData("stream-create.provider.jsonc", "assistantReceiveResultsStream", "gpt-4-turbo-preview", 2)]
    [InlineData("stream-create.service.json", "assistantReceiveResultsStream", "gpt-4-turbo-preview", 2)]
    [InlineData("assistants.jsonc", "handleAssistantResponse", "gpt-4-turbo", 2)]
    public void The_documentation_s_examples_are_read_as_pasted(string file, string action, string model, int turns)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "requests", file));
        foreach (var lineEnd in (string[])["\n", "\r\n", "\r"])
        {
            var request = Requests.Read(text.ReplaceLineEndings(lineEnd));

            Assert.Equal(action, request.ActionName);
            Assert.Equal("openai", request.Provider);
            Assert.Equal(model, request.Model);
            Assert.True(request.Stream);
            Assert.Equal(turns, request.Messages.Count);
            Assert.Equal(JsonValueKind.Object, request.Payload.ValueKind);
        }
    }
}
