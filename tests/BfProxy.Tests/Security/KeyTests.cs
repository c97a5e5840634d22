using System.Net;
using BfProxy.Configuration;
using BfProxy.Security;
using BfProxy.Tests.Host;
using BfProxy.Tests.Messaging;

namespace BfProxy.Tests.Security;

/// <summary>Keys that are kept as hashes, and secrets that come from files.</summary>
public sealed class KeyTests
{
    [Theory]
    [InlineData("BFAPI_hashed\n")]
    [InlineData("BFAPI_hashed\r\nmore\n")]
    [InlineData("BFAPI_hashed")]
    public async Task A_hashed_key_lets_in_who_has_the_key_and_not_who_has_the_hash(string input)
    {
        var (code, hash, _) = await RunAsync(input);
        Assert.Equal(0, code);
        Assert.Matches("^sha256:[0-9a-f]{64}$", hash);
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Apps:hashed:ApiKeys:0"] = hash });

        using var key = await host.PostAsync("message/channels", """{"apiKey":"BFAPI_hashed"}""");
        using var stolen = await host.PostAsync("message/channels", $$"""{"apiKey":"{{hash}}"}""");

        Assert.Equal(HttpStatusCode.Created, key.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, stolen.StatusCode);
    }

    [Theory]
    [InlineData("", 65)]
    [InlineData("two words\n", 65)]
    [InlineData("ключ\n", 65)]
    [InlineData("BFAPI_key\n", 64, "BFAPI_key")]
    public async Task What_is_no_key_or_stands_in_the_arguments_is_refused_without_a_hash(string input, int expected, params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(input, arguments);

        Assert.Equal((expected, ""), (code, output));
        Assert.StartsWith("hash-key", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("BFAPI_key", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_may_come_from_a_file_of_its_own()
    {
        var folder = Directory.CreateTempSubdirectory("secrets-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "BfProxy__Apps__demo__ApiKeys__0"), "BFAPI_mounted\n");
            await using var host = await MessagingHost.StartAsync([$"--BfProxy:SecretsFolder={folder.FullName}"]);
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host.Address };

            using var answer = await http.PostAsync(new Uri("message/channels", UriKind.Relative), new StringContent("""{"apiKey":"BFAPI_mounted"}"""));

            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_of_secrets_that_is_not_there_stops_the_start()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => MessagingHost.StartAsync(["--BfProxy:SecretsFolder=/nowhere/at/all"]));
        Assert.Contains("BfProxy:SecretsFolder: there is no folder '/nowhere/at/all'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_playground_is_refused_a_frame_and_anything_from_elsewhere()
    {
        await using var host = await ProxyHost.StartAsync();

        using var page = await host.Http.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal("DENY", page.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("same-origin", page.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
        Assert.StartsWith("default-src 'none';", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(page.Headers.Contains("Strict-Transport-Security"));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string input, params string[] arguments)
    {
        using var reader = new StringReader(input);
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var code = await HashKeyCommand.RunAsync(arguments, reader, output, errors);
        return (code, output.ToString().TrimEnd(), errors.ToString());
    }
}
