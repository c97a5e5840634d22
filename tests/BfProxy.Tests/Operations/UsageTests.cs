using BfProxy.Operations;

namespace BfProxy.Tests.Operations;

public sealed class UsageTests
{
    [Theory]
    [InlineData(0, "--help")]
    [InlineData(0, "-h")]
    [InlineData(64, "hashkey")]
    [InlineData(64, "start", "--urls", "http://127.0.0.1:0")]
    public async Task Help_and_words_of_no_meaning_start_no_server(int code, params string[] args) => Assert.Equal(code, await Program.Main(args));

    [Theory]
    [InlineData]
    [InlineData("--urls", "http://127.0.0.1:0")]
    [InlineData("/urls=http://127.0.0.1:0")]
    [InlineData("BfProxy:DrainTimeout=00:00:01")]
    public void Settings_are_no_commands(params string[] args) => Assert.Null(Usage.ExitCodeOf(args));
}
