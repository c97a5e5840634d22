using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary><c>bf-client.d.ts</c> says what the module has, no more and no less.</summary>
[Collection(PlaygroundCollection.Name)]
public sealed partial class ClientTypesTests(PlaygroundFixture fixture) : IAsyncLifetime
{
    private IBrowserContext _context = null!;

    private IPage _page = null!;

    private string _types = "";

    private string _code = "";

    public async Task InitializeAsync()
    {
        _context = await fixture.NewContextAsync();
        _page = await _context.NewPageAsync();
        await _page.GotoAsync(new Uri(fixture.Address, "health/live").ToString());
        _types = await TextAsync("bf-client.d.ts");
        _code = string.Concat(await Task.WhenAll(((string[])["bf-client.js", "bf-client/intake.js", "bf-client/delivery.js"]).Select(TextAsync)));
    }

    public async Task DisposeAsync() => await _context.DisposeAsync();

    [Fact]
    public async Task Exports_are_those_of_the_module() =>
        Assert.Equal(await NamesAsync("Object.keys(module)"), Names(ExportedValue().Matches(_types)));

    [Fact]
    public async Task Members_of_the_client_are_those_of_the_class() =>
        Assert.Equal(
            await NamesAsync("Object.getOwnPropertyNames(module.BfClient.prototype)"),
            Names(Member().Matches(BodyOf("class BfClient"))));

    [Fact]
    public async Task Properties_that_may_not_be_set_cannot_be_set() =>
        Assert.Equal(
            await NamesAsync("Object.entries(Object.getOwnPropertyDescriptors(module.BfClient.prototype)).filter(([, { get, set }]) => get && !set).map(([name]) => name)"),
            Names(ReadOnlyMember().Matches(BodyOf("class BfClient"))));

    [Fact]
    public void Options_are_those_that_the_code_reads()
    {
        var declared = Names(Option().Matches(BodyOf("interface ClientOptions")));
        var read = ReadOption().Matches(_code).Select(match => match.Groups[1].Value)
            .Concat(HandlerList().Match(_code).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
            .Append("token");

        Assert.Equal(declared, read.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_error_of_the_client_has_what_is_declared()
    {
        var members = await NamesAsync("['code', ...Object.keys(Object.getOwnPropertyDescriptors(new module.ClientError(7, 'x'))).filter((name) => !['stack', 'message', 'name', 'code'].includes(name))]");

        Assert.Equal(Names(ReadOnlyMember().Matches(BodyOf("class ClientError"))), members);
        Assert.True(await _page.EvaluateAsync<bool>("async () => { const { ClientError } = await import('/bf-client.js'); const fault = new ClientError(7, 'x'); return fault instanceof Error && fault.code === 7 && fault.message === 'x'; }"));
    }

    private static string[] Names(IEnumerable<Match> matches) => [.. matches.Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

    private async Task<string> TextAsync(string path) =>
        await (await _context.APIRequest.GetAsync(new Uri(fixture.Address, path).ToString())).TextAsync();

    private async Task<string[]> NamesAsync(string expression) =>
        [.. (await _page.EvaluateAsync<string[]>($"async () => {{ const module = await import('/bf-client.js'); return {expression}; }}")).Order(StringComparer.Ordinal)];

    private string BodyOf(string head)
    {
        var start = _types.IndexOf(head, StringComparison.Ordinal);
        Assert.True(start >= 0, $"No {head}.");
        return _types[start.._types.IndexOf("\n}", start, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^export (?:class|function|const) (\w+)", RegexOptions.Multiline, 1000)]
    private static partial Regex ExportedValue();

    [GeneratedRegex(@"^  (?:readonly )?(\w+)[(:]", RegexOptions.Multiline, 1000)]
    private static partial Regex Member();

    [GeneratedRegex(@"^  readonly (\w+):", RegexOptions.Multiline, 1000)]
    private static partial Regex ReadOnlyMember();

    [GeneratedRegex(@"^  (\w+)\??[(:]", RegexOptions.Multiline, 1000)]
    private static partial Regex Option();

    [GeneratedRegex(@"(?:#options|#handlers|\boptions)\.(\w+)", RegexOptions.None, 1000)]
    private static partial Regex ReadOption();

    [GeneratedRegex(@"const \{ ([\w, ]+) \} = this\.#handlers", RegexOptions.None, 1000)]
    private static partial Regex HandlerList();
}
