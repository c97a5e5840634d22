using System.ClientModel;
using Anthropic;
using Anthropic.Models.Messages;
using FakeProvider;
using FakeProvider.Shapes;
using OpenAI.Responses;

namespace BfProxy.Tests.Fakes;

/// <summary>The vendors' own clients understand the fake provider, so that it does not drift from what the vendors send.</summary>
public sealed class OfficialClientTests : IAsyncLifetime
{
    private FakeProviderServer _provider = null!;

    public async Task InitializeAsync() => _provider = await FakeProviderServer.StartAsync();

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    [Fact]
    public async Task Anthropics_client_reads_text_calls_and_the_end()
    {
        _provider.Script(AnthropicScripts.Path, Script.Sse([
            AnthropicFrames.Start(), AnthropicFrames.StartThinking(), AnthropicFrames.Thinking("hm"), AnthropicFrames.Signature("c2ln"), AnthropicFrames.StopBlock(),
            AnthropicFrames.StartText(1), AnthropicFrames.Ping, AnthropicFrames.Text("Let me", 1), AnthropicFrames.Text(" look.", 1), AnthropicFrames.StopBlock(1),
            .. AnthropicFrames.Call(2, "toolu_1", "tide", """{"at":""", "\"Bergen\"}"),
            AnthropicFrames.End("tool_use"), AnthropicFrames.Stop,
        ]));
        using var client = new AnthropicClient { ApiKey = "sk-ant-x", BaseUrl = _provider.BaseAddress.ToString() };

        var text = "";
        var arguments = "";
        var thoughts = "";
        string? reason = null;
        await foreach (var part in client.Messages.CreateStreaming(new() { Model = "claude-fake-1", MaxTokens = 100, Messages = [new UserMessageParam("hi")] }))
        {
            if (part.TryPickContentBlockDelta(out var delta))
            {
                text += delta.Delta.TryPickText(out var words) ? words.Text : "";
                arguments += delta.Delta.TryPickInputJson(out var json) ? json.PartialJson : "";
                thoughts += delta.Delta.TryPickThinking(out var thinking) ? thinking.Thinking : "";
            }
            else if (part.TryPickDelta(out var end))
            {
                reason = end.Delta.StopReason?.Raw();
            }
        }

        Assert.Equal(("Let me look.", """{"at":"Bergen"}""", "hm", "tool_use"), (text, arguments, thoughts, reason));
        var seen = await _provider.NextRequestAsync();
        Assert.Equal(AnthropicScripts.Path, seen.Path);
    }

    [Fact]
    public async Task OpenAis_client_reads_text_calls_and_the_end_of_a_response()
    {
        _provider.Script(ResponsesScripts.Path, Script.Sse(
            ResponsesFrames.Created(), ResponsesFrames.Delta("Let me", 1), ResponsesFrames.Delta(" look.", 2),
            ResponsesFrames.CallDelta("call_1", "{}"), ResponsesFrames.CallDone("call_1", "tide", "{}"), ResponsesFrames.Completed(9, 3)));
#pragma warning disable OPENAI001 // The client calls its Responses experimental; they are what this test is about.
        var client = new ResponsesClient(new ApiKeyCredential("sk-x"), new ResponsesClientOptions { Endpoint = new Uri(_provider.BaseAddress, "v1") });

        var text = "";
        var call = "";
        var tokens = 0L;
        await foreach (var update in await client.CreateResponseStreamingAsync("gpt-fake-2", "hi"))
        {
            text += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : "";
            call += update is StreamingResponseOutputItemDoneUpdate { Item: FunctionCallResponseItem item } ? $"{item.CallId} {item.FunctionName} {item.FunctionArguments}" : "";
            tokens += update is StreamingResponseCompletedUpdate done ? done.Response.Usage.TotalTokenCount : 0;
        }
#pragma warning restore OPENAI001

        Assert.Equal(("Let me look.", "call_1 tide {}", 12L), (text, call, tokens));
    }
}
