using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects.Gemini;

public sealed class GeminiContentTests
{
    private const string User = "{'role':'user','parts':[{'text':'q'}]}";

    [Theory]
    [InlineData("{'role':'user','content':'q'}", "[" + User + "]")]
    [InlineData("{'role':'user','content':'q'},{'role':'user','content':'r'}", "[{'role':'user','parts':[{'text':'q'},{'text':'r'}]}]")]
    [InlineData("{'role':'assistant','content':'a'},{'role':'user','content':'q'}",
        "[{'role':'user','parts':[{'text':'(continue)'}]},{'role':'model','parts':[{'text':'a'}]}," + User + "]")]
    [InlineData("{'role':'user','content':'q'},{'role':'assistant','content':'a'}",
        "[" + User + ",{'role':'model','parts':[{'text':'a'}]},{'role':'user','parts':[{'text':'Continue.'}]}]")]
    [InlineData("{'role':'user','content':''},{'role':'user','content':'q'}", "[" + User + "]")]
    [InlineData("{'role':'user','content':'q'},{'role':'assistant','content':''},{'role':'user','content':'r'}",
        "[{'role':'user','parts':[{'text':'q'},{'text':'r'}]}]")]
    [InlineData("{'role':'user','content':'q'},{'role':'assistant','content':null},{'role':'user','content':[]}", "[" + User + "]")]
    [InlineData("{'role':'user','content':'q'},{'role':'assistant','content':[{'type':'thinking','thinking':'hm','signature':'s'}]}", "[" + User + "]")]
    [InlineData("{'parts':[{'text':'hm','thought':true},{'text':'q'}]}", "[" + User + "]")]
    [InlineData("{'role':'user','name':'n','content':[{'type':'text','text':'q'}]}", "[" + User + "]")]
    [InlineData("{'parts':[{'text':'q','videoMetadata':{'fps':1}}]}", "[{'role':'user','parts':[{'text':'q','videoMetadata':{'fps':1}}]}]")]
    [InlineData("{'parts':[{'executableCode':{'code':'1'}}]}", "[{'role':'user','parts':[{'executableCode':{'code':'1'}}]}]")]
    [InlineData("{'parts':'q'}", "[" + User + "]")]
    [InlineData("{'role':'assistant','content':[{'type':'refusal','refusal':'no'}]},{'role':'user','content':'q'}",
        "[{'role':'user','parts':[{'text':'(continue)'}]},{'role':'model','parts':[{'text':'no'}]}," + User + "]")]
    public void Turns_alternate_and_the_user_is_first_and_last(string messages, string contents) =>
        NativeBody.AssertMember(contents, NativeBody.Gemini(Requests.Messages(messages)), "contents");

    [Fact]
    public void All_system_messages_are_collected()
    {
        var body = NativeBody.Gemini(Requests.Messages(
            "{'role':'system','content':'b'},{'role':'user','content':'q'},{'role':'developer','content':[{'type':'text','text':'c'}]},{'role':'system','content':''}",
            "'instructions':'a'"));

        NativeBody.AssertMember("{'parts':[{'text':'a'},{'text':'b'},{'text':'c'}]}", body, "systemInstruction");
        NativeBody.AssertMember("[" + User + "]", body, "contents");
    }

    [Fact]
    public void System_messages_alone_become_the_user_s_turn()
    {
        var body = NativeBody.Gemini(Requests.Messages("{'role':'system','content':'a'},{'role':'system','content':'b'}"));

        NativeBody.AssertMember("[{'role':'user','parts':[{'text':'a'},{'text':'b'}]}]", body, "contents");
        NativeBody.AssertMember(null, body, "systemInstruction");
    }

    [Theory]
    [InlineData("{'type':'image_url','image_url':{'url':'data:image/png;base64,iVBO/+=='}}", "{'inlineData':{'mimeType':'image/png','data':'iVBO/+=='}}")]
    [InlineData("{'type':'image_url','image_url':{'url':'data:image\\/png;base64,iVBO\\/=='}}", "{'inlineData':{'mimeType':'image/png','data':'iVBO/=='}}")]
    [InlineData("{'type':'image_url','image_url':{'url':'DATA:image/webp;charset=x;base64,AA'}}", "{'inlineData':{'mimeType':'image/webp','data':'AA'}}")]
    [InlineData("{'type':'image_url','image_url':{'url':'https://generativelanguage.googleapis.com/v1beta/files/abc'}}",
        "{'fileData':{'fileUri':'https://generativelanguage.googleapis.com/v1beta/files/abc'}}")]
    [InlineData("{'type':'image_url','image_url':{'url':'https://www.youtube.com/watch?v=abc'}}", "{'fileData':{'fileUri':'https://www.youtube.com/watch?v=abc'}}")]
    [InlineData("{'type':'image_url','image_url':{'url':'https://youtu.be/abc'}}", "{'fileData':{'fileUri':'https://youtu.be/abc'}}")]
    [InlineData("{'type':'input_audio','input_audio':{'data':'AA','format':'mp3'}}", "{'inlineData':{'mimeType':'audio/mp3','data':'AA'}}")]
    [InlineData("{'type':'file','file':{'file_data':'data:application/pdf;base64,AA','filename':'x.pdf'}}", "{'inlineData':{'mimeType':'application/pdf','data':'AA'}}")]
    [InlineData("{'type':'file','file':{'file_data':'AA','filename':'x.pdf'}}", "{'inlineData':{'mimeType':'application/pdf','data':'AA'}}")]
    [InlineData("{'type':'image','source':{'type':'base64','media_type':'image/gif','data':'AA'}}", "{'inlineData':{'mimeType':'image/gif','data':'AA'}}")]
    [InlineData("{'type':'document','source':{'type':'text','media_type':'text/plain','data':'words'}}", "{'text':'words'}")]
    public void Media_go_inline(string part, string expected) =>
        NativeBody.AssertMember("[{'role':'user','parts':[" + expected + "]}]", NativeBody.Gemini(Requests.Messages("{'role':'user','content':[" + part + "]}")), "contents");

    [Theory]
    [InlineData("{'type':'image_url','image_url':{'url':'https://example.org/a.png'}}", "image_url.url: Gemini does not fetch this address; send the data itself as a data: URL.")]
    [InlineData("{'type':'image_url','image_url':{'url':'http://youtu.be/abc'}}", "image_url.url:")]
    [InlineData("{'type':'image_url','image_url':{'url':'https://youtu.be.evil.example/abc'}}", "image_url.url:")]
    [InlineData("{'type':'image_url','image_url':{'url':'data:image/png,AA'}}", "image_url.url:")]
    [InlineData("{'type':'file','file':{'file_id':'file-1'}}", "file.file_id:")]
    [InlineData("{'type':'image','source':{'type':'file','file_id':'f'}}", "source.file_id:")]
    public void Media_that_Gemini_cannot_take_are_refused_by_name(string part, string message) =>
        Assert.StartsWith(
            "payload.messages[0].content[0]." + message, NativeBody.GeminiFault(Requests.Messages("{'role':'user','content':[" + part + "]}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("{'role':'user','content':[{'type':'future'}]}", "payload.messages[0].content[0]: Gemini does not take content of the kind 'future'")]
    [InlineData("{'role':'user','content':''}", "payload.messages: no message has any content.")]
    [InlineData("{'role':'system','content':[{'type':'image_url','image_url':{'url':'data:image/png;base64,AA'}}]},{'role':'user','content':'q'}",
        "payload.messages[0].content[0].image_url.url: Gemini takes only text as a system message.")]
    public void What_cannot_be_said_to_Gemini_is_refused_by_name(string messages, string message) =>
        Assert.StartsWith(message, NativeBody.GeminiFault(Requests.Messages(messages)), StringComparison.Ordinal);
}
