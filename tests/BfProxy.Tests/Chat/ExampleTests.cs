using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Chat;

/// <summary>The requests of BetterForms' own documentation, pasted as they stand, with the placeholder keys replaced.</summary>
public sealed class ExampleTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "requests");

    public static TheoryData<string, string> Cases() => new()
    {
        { "stream-create.provider.jsonc", "openai" },
        { "stream-create.provider.jsonc", "gemini" },
        { "stream-create.service.json", "openai" },
        { "stream-create.service.json", "gemini" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_documented_example_streams_to_its_channel(string example, string provider)
    {
        await using var host = await StartAsync();
        await using var client = await host.ConnectAsync();

        using var answer = await host.PostAsync("stream/create", Read(example, provider));

        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var frame = await client.NextAsync();
        Assert.Equal("assistantReceiveResultsStream", frame["actionName"]!.GetValue<string>());
        Assert.Equal("delta", frame["event"]!["type"]!.GetValue<string>());
        var rest = await client.ReadStreamAsync();
        Assert.Equal("It works.", frame["event"]!["content"]!.GetValue<string>() + ChannelClient.TextOf(rest));
        Assert.Equal("stop", rest[^1]["finish_reason"]!.GetValue<string>());
        Assert.Equal("sk-xyz", (await host.Provider.NextRequestAsync()).Headers[provider == "openai" ? "Authorization" : "x-goog-api-key"].Replace("Bearer ", "", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_same_without_streaming_returns_a_chat_completion(string example, string provider)
    {
        await using var host = await StartAsync();

        using var answer = await host.PostAsync("stream/create", Read(example, provider).Replace("\"stream\": true", "\"stream\": false", StringComparison.Ordinal));

        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("chat.completion", body["object"]!.GetValue<string>());
        Assert.Equal("It works.", body["choices"]![0]!["message"]!["content"]!.GetValue<string>());
    }

    private static async Task<ProxyHost> StartAsync()
    {
        var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("It", " works."));
        host.Provider.Script(GeminiScripts.StreamPath("gpt-4-turbo-preview"), GeminiScripts.Chat("It", " works."));
        return host;
    }

    private static string Read(string example, string provider) =>
        File.ReadAllText(Path.Combine(Folder, example), Encoding.UTF8)
            .Replace("BFAPI_xxxxxxxx-xxxxxx-xxxxxx", ProxyHost.AppKey, StringComparison.Ordinal)
            .Replace("sk-xxxxxxx-xxxxxxxx-xxxxxxx", "sk-xyz", StringComparison.Ordinal)
            .Replace("\"provider\": \"openai\"", $"\"provider\": \"{provider}\"", StringComparison.Ordinal)
            .Replace("\"service\": \"openAI\"", $"\"service\": \"{(provider == "openai" ? "openAI" : provider)}\"", StringComparison.Ordinal);
}
