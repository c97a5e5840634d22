using System.Text.Json;

namespace LoadTest.Client;

/// <summary>A run on a new thread, read from a channel.</summary>
internal sealed class AssistantStream(int number, ClientOptions options, ClientTally tally) : ChannelStream(number, options, tally)
{
    protected override string Path => "/stream/create/assistants";

    protected override string StopPath => "/stream/create/assistants/stop";

    protected override string Stopped => "\"success\":true";

    protected override string StopOf(JsonElement accepted) =>
        $$"""{"apiKey":"BFAPI_demo","threadId":"{{accepted.GetProperty("threadId").GetString()}}","runId":"{{accepted.GetProperty("runId").GetString()}}"}""";
}
