using System.Text;
using System.Text.Json;
using BfProxy.Hooks;

namespace BfProxy.Tests.Hooks;

/// <summary>What hooks are told, to the letter.</summary>
public sealed class HookBodyTests
{
    [Fact]
    public void The_tool_hook_is_told_everything_about_a_call()
    {
        var call = new ToolHookCall("call_1", "s1", "conv_1", "run_1", "getWeather", """{ "city": "Köln \"日\" \\",  "n": 1.0e2 }"""u8.ToArray(), "shop", "shop.example", ["a", "tab|x"], "act");

        Assert.Equal(
            """{"toolCallId":"call_1","streamId":"s1","threadId":"conv_1","runId":"run_1","name":"getWeather","arguments":{"city":"Köln \"日\" \\","n":1.0e2},"app":"shop","host":"shop.example","channels":["a","tab|x"],"actionName":"act"}""",
            Encoding.UTF8.GetString(call.ToJson()));
    }

    [Fact]
    public void What_a_call_does_not_have_is_null()
    {
        var call = new ToolHookCall("call_1", null, null, null, "now", "{}"u8.ToArray(), "shop", "shop.example", [], null);

        Assert.Equal(
            """{"toolCallId":"call_1","streamId":null,"threadId":null,"runId":null,"name":"now","arguments":{},"app":"shop","host":"shop.example","channels":[],"actionName":null}""",
            Encoding.UTF8.GetString(call.ToJson()));
    }

    [Fact]
    public void The_message_hook_is_told_who_said_what_where()
    {
        var call = new MessageHookCall("salesRoom", "listen", "{\n\t\"actions\": [ ],\r\n \"text\": \"a \\n b\" }"u8.ToArray(), new HookUser("USER_1", "a@b.example"), "c1", "shop.example");

        Assert.Equal(
            """{"channel":"salesRoom","mode":"listen","message":{"actions":[],"text":"a \n b"},"user":{"id":"USER_1","email":"a@b.example"},"connectionId":"c1","host":"shop.example"}""",
            Encoding.UTF8.GetString(call.ToJson()));
    }

    [Fact]
    public void A_visitor_without_a_name_is_null_and_a_user_without_an_address_has_none()
    {
        var anonymous = new MessageHookCall("c", "receive", "1"u8.ToArray(), null, "c1", "h");

        Assert.Contains("\"user\":null", Encoding.UTF8.GetString(anonymous.ToJson()), StringComparison.Ordinal);
        Assert.Contains("\"user\":{\"id\":\"u\",\"email\":null}", Encoding.UTF8.GetString((anonymous with { User = new HookUser("u", null) }).ToJson()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("\"a")]
    public void What_is_no_JSON_is_a_misuse(string arguments)
    {
        var call = new ToolHookCall("c", null, null, null, "n", Encoding.UTF8.GetBytes(arguments), "a", "h", [], null);

        Assert.ThrowsAny<Exception>(call.ToJson);
        Assert.ThrowsAny<JsonException>(() => (call with { Arguments = "nope"u8.ToArray() }).ToJson());
    }
}
