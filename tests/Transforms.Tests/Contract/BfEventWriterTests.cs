using System.Buffers;
using System.Text;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Tests.Contract;

public sealed class BfEventWriterTests
{
    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public void A_delta_carries_escaped_text_as_it_is()
    {
        BfEventWriter.WriteDelta(_output, "a\\n\\u65E5日"u8);

        Assert.Equal("{\"type\":\"delta\",\"content\":\"a\\n\\u65E5日\"}", Encoding.UTF8.GetString(_output.WrittenSpan));
    }

    [Fact]
    public void An_end_has_its_reason_and_the_providers_own_usage()
    {
        BfEventWriter.WriteEnd(_output, "stop", new CountedUsage(new Usage(1, 2), UsageSource.Reported), "{\"total_tokens\":3,\"own\":1}"u8);

        Requests.AssertJson("{'type':'end','finish_reason':'stop','usage':{'total_tokens':3,'own':1},'usage_source':'reported'}", _output.WrittenMemory);
    }

    [Theory]
    [InlineData(UsageSource.Partial, "partial")]
    [InlineData(UsageSource.Estimated, "estimated")]
    public void An_end_without_the_providers_account_has_what_was_counted(UsageSource source, string name)
    {
        BfEventWriter.WriteEnd(_output, "stopped", new CountedUsage(new Usage(1, 2), source), default);

        Requests.AssertJson(
            "{'type':'end','finish_reason':'stopped','usage':{'prompt_tokens':1,'completion_tokens':2,'total_tokens':3,"
            + "'prompt_tokens_details':{'cached_tokens':0},'completion_tokens_details':{'reasoning_tokens':0}},'usage_source':'" + name + "'}",
            _output.WrittenMemory);
    }

    [Fact]
    public void An_end_of_which_nothing_is_known_has_no_usage()
    {
        BfEventWriter.WriteEnd(_output, "error", usage: null, default);

        Requests.AssertJson("{'type':'end','finish_reason':'error','usage':null}", _output.WrittenMemory);
    }

    [Theory]
    [InlineData(true, "their words org-***")]
    [InlineData(false, "our words")]
    public void An_error_shows_the_provider_s_words_only_where_it_may(bool showProviderWords, string details)
    {
        var error = new BfError { Status = 502, Message = "our words", ProviderMessage = "their words org-123" };

        BfEventWriter.WriteError(_output, error, showProviderWords);

        Requests.AssertJson(
            "{'type':'error','error':{'message':'our words','code':502,'details':'" + details + "'}}", _output.WrittenMemory);
    }

    [Fact]
    public void An_error_without_provider_s_words_shows_ours()
    {
        BfEventWriter.WriteError(_output, new BfError { Status = 504, Message = "too late" }, showProviderWords: true);

        Requests.AssertJson("{'type':'error','error':{'message':'too late','code':504,'details':'too late'}}", _output.WrittenMemory);
    }

    [Fact]
    public void Calls_carry_the_user_message_among_their_arguments()
    {
        BfEventWriter.WriteFunctionCall(_output, [
            new ToolCall("c1", "f", "{\"userMessage\":\"Busy 日\",\"x\":1}"),
            new ToolCall("c2", "g", "{}"),
            new ToolCall("c3", "h", "not JSON"),
            new ToolCall("c4", "i", "{\"userMessage\":7}"),
            new ToolCall("c5", "j", "{\"userMessage\":\"\\ud83d\"}"),
        ]);

        Requests.AssertJson(
            """
            {"type":"function_call","content":{"functions":[
              {"name":"f","userMessage":"Busy 日","arguments":"{\"userMessage\":\"Busy 日\",\"x\":1}","id":"c1"},
              {"name":"g","userMessage":null,"arguments":"{}","id":"c2"},
              {"name":"h","userMessage":null,"arguments":"not JSON","id":"c3"},
              {"name":"i","userMessage":null,"arguments":"{\"userMessage\":7}","id":"c4"},
              {"name":"j","userMessage":null,"arguments":"{\"userMessage\":\"\\ud83d\"}","id":"c5"}]}}
            """,
            _output.WrittenMemory);
    }

    [Fact]
    public void A_delta_allocates_nothing()
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        BfEventWriter.WriteDelta(output, "warm"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            BfEventWriter.WriteDelta(output, "more text"u8);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Calls_that_are_run_here_name_their_id_as_answers_do()
    {
        BfEventWriter.WriteFunctionCall(_output, [new ToolCall("c1", "f", "{}")], "toolCallId"u8);

        Requests.AssertJson("{'type':'function_call','content':{'functions':[{'name':'f','userMessage':null,'arguments':'{}','toolCallId':'c1'}]}}", _output.WrittenMemory);
    }

    [Fact]
    public void A_thread_info_names_the_stream()
    {
        BfEventWriter.WriteThreadInfo(_output, "s1");

        Requests.AssertJson("{'type':'threadInfo','content':{'streamId':'s1'}}", _output.WrittenMemory);
    }

    [Fact]
    public void A_call_for_a_page_is_an_action_with_its_arguments_as_text()
    {
        BfEventWriter.WriteLlmToolCall(_output, "tool_x", "c1", "{\"a\":1}");

        Requests.AssertJson(
            """
            {"type":"llmToolCall","action":"llmToolCall","toolName":"tool_x","toolCallId":"c1",
             "options":{"functions":[{"name":"tool_x","arguments":"{\"a\":1}"}],"toolCallId":"c1"}}
            """,
            _output.WrittenMemory);
    }
}
