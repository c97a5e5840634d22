using System.Diagnostics;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider.Shapes;
using Microsoft.Extensions.Configuration;

namespace BfProxy.Tests.Sessions;

/// <summary><c>docs/typebot.md</c> and the examples: what stands there works as it stands there.</summary>
public sealed class DocumentTests
{
    [Fact]
    public async Task A_caller_with_nothing_but_curl_gets_from_startChat_to_the_streamed_text_to_the_next_turn()
    {
        await using var bot = await BotHost.StartAsync(new()
        {
            ["BfProxy:Bots:demo:App"] = "test",
            ["BfProxy:Bots:demo:Model"] = "gpt-fake-1",
            ["BfProxy:Bots:demo:Welcome:0"] = "Hello!",
        });
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Space is young."), OpenAiScripts.Chat("Like rain."));

        var output = await RunAsync((await CommandsAsync()).Replace("http://localhost:5080", bot.Host.Address.ToString().TrimEnd('/'), StringComparison.Ordinal));

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.Equal("stream", JsonNode.Parse(lines[0])!["clientSideActions"]![0]!["type"]!.GetValue<string>());
        Assert.Equal("""data: {"type":"delta","content":"Space is young."}""", lines[1]);
        Assert.StartsWith("""data: {"type":"end","finish_reason":"stop",""", lines[2], StringComparison.Ordinal);
        Assert.Equal("text input", JsonNode.Parse(lines[3])!["input"]!["type"]!.GetValue<string>());
        Assert.Equal("stream", JsonNode.Parse(lines[4])!["clientSideActions"]![0]!["type"]!.GetValue<string>());
        Assert.Equal("0:\"Like rain.\"", lines[5]);
        Assert.Equal(["Why is the night sky dark?", "Space is young.", "A poem, please"], bot.Provider.Requests[1].ReadJson().GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task The_example_configuration_starts_and_serves_the_page_of_the_snippet()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "config", "examples");
        var settings = new ConfigurationBuilder().AddJsonFile(Path.Combine(folder, "typebot.json")).Build().AsEnumerable().Where(static pair => pair.Value is not null).ToDictionary(StringComparer.Ordinal);
        var snippet = await File.ReadAllTextAsync(Path.Combine(folder, "typebot.html"));
        await using var host = await ProxyHost.StartAsync(settings);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/typebots/tea-advisor/startChat") { Content = new StringContent("""{"prefilledVariables":{"name":"Ada"}}""") };
        request.Headers.TryAddWithoutValidation("Origin", "https://www.example.com");

        using var answer = await host.Http.SendAsync(request);

        var start = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Contains("typebot: \"tea-advisor\"", snippet, StringComparison.Ordinal);
        Assert.Equal("Hello Ada", start["messages"]![0]!["content"]!["richText"]![0]!["children"]![0]!["text"]!.GetValue<string>());
        Assert.Equal("#2f6f4f", start["typebot"]!["theme"]!["chat"]!["guestBubbles"]!["backgroundColor"]!.GetValue<string>());
    }

    private static async Task<string> CommandsAsync()
    {
        const string fence = "```bash\n";
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "typebot.md"));
        var start = text.IndexOf(fence, StringComparison.Ordinal) + fence.Length;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static async Task<string> RunAsync(string commands)
    {
        var start = new ProcessStartInfo("bash", ["-e", "-c", commands]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["no_proxy"] = "*";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(process.ExitCode == 0, $"{process.ExitCode}: {await errors}");
        return await output;
    }
}
