using System.Net;
using System.Net.Sockets;
using BfProxy.Operations;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Operations;

public sealed class HealthTests
{
    [Theory]
    [InlineData("http://+:8080", "http://localhost:8080/")]
    [InlineData("https://+:8443; http://*:8081", "http://localhost:8081/")]
    [InlineData("http://0.0.0.0:80", "http://localhost/")]
    [InlineData("http://[::]:8082", "http://localhost:8082/")]
    [InlineData("http://10.0.0.5:8080", "http://10.0.0.5:8080/")]
    [InlineData("https://+:8443", null)]
    [InlineData("8080;8081", "http://localhost:8080/")]
    [InlineData("elsewhere", null)]
    public void A_process_is_asked_where_it_listens(string listens, string? asked) => Assert.Equal(asked, ProbeAddress.Find(listens)?.ToString());

    [Fact]
    public async Task The_command_says_whether_the_process_beside_it_is_healthy()
    {
        await using var process = await ProxyProcess.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal));

        Assert.Equal((0, """200 {"status":"live"}"""), await ProxyProcess.RunAsync("healthcheck", process.Address.ToString()));
        Assert.Equal((0, """200 {"status":"ready"}"""), await ProxyProcess.RunAsync("healthcheck", "ready", process.Address.ToString()));
    }

    [Fact]
    public async Task The_command_fails_where_nobody_answers_or_the_answer_is_no()
    {
        var (away, words) = await ProxyProcess.RunAsync("healthcheck", $"http://127.0.0.1:{FreePort()}");
        Assert.Equal(1, away);
        Assert.Contains("does not answer", words, StringComparison.Ordinal);

        await using var host = await ProxyHost.StartAsync(new(StringComparer.Ordinal) { ["BfProxy:Surfaces:Operations"] = "false" });
        var (refused, answer) = await ProxyProcess.RunAsync("healthcheck", host.Address.ToString());
        Assert.Equal(1, refused);
        Assert.StartsWith("404 ", answer, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
