using System.Text.Json;
using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>Schemas of tools that are objects and make no sense: whoever knows better, the provider, is asked, in well-formed JSON.</summary>
public sealed class BadSchemaTests
{
    private static readonly string[] s_schemas =
    [
        "{}", "{'type':7}", "{'type':'sting'}", "{'type':[]}", "{'type':['object','null',7]}", "{'type':'object','properties':[]}", "{'type':'object','properties':{'a':7}}",
        "{'type':'object','properties':{'':{'type':''}}}", "{'type':'object','required':'a'}", "{'type':'array','items':[{},7]}", "{'anyOf':{}}", "{'anyOf':[7,[]]}",
        "{'$ref':'#/nowhere'}", "{'$ref':'#'}", "{'$defs':7,'properties':{'a':{'$ref':'#/$defs/a'}}}", "{'enum':'x'}", "{'enum':[]}", "{'additionalProperties':{'additionalProperties':[]}}",
        "{'type':'OBJECT','nullable':7,'properties':{'a':{'type':'STRING','format':[]}}}", "{'description':{}}", "{'title':null,'default':1e999}",
    ];

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var schema in s_schemas)
        {
            foreach (var dialect in new[] { "openai", "openai-responses", "gemini", "anthropic" })
            {
                data.Add(dialect, schema);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_goes_to_the_provider_with_its_tool(string dialect, string schema)
    {
        foreach (var tools in new[] { $"[{{'name':'find','parameters':{schema}}}]", $"[{{'functionDeclarations':[{{'name':'find','parameters':{schema}}}]}}]", $"[{{'name':'find','input_schema':{schema}}}]" })
        {
            var body = NativeBody.Write(dialect, Requests.Chat("'tools':" + tools), "some-model", stream: true);

            using var document = JsonDocument.Parse(body);
            Assert.Contains("\"find\"", document.RootElement.GetProperty("tools").GetRawText(), StringComparison.Ordinal);
        }
    }
}
