using BfProxy.Transforms.Dialects;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class DialectCatalogTests
{
    [Theory]
    [InlineData("openai", "openai")]
    [InlineData("OpenAI", "openai")]
    [InlineData("Gemini", "gemini")]
    [InlineData("Anthropic", "anthropic")]
    [InlineData("OpenAI-Responses", "openai-responses")]
    public void A_dialect_is_found_by_its_name_in_any_case(string asked, string name) => Assert.Equal(name, DialectCatalog.Find(asked)?.Name);

    [Fact]
    public void An_unknown_name_finds_nothing() => Assert.Null(DialectCatalog.Find("cohere"));

    [Fact]
    public void Every_dialect_has_fixtures()
    {
        var providers = Fixture.All.Select(fixture => fixture.Provider).ToHashSet(StringComparer.Ordinal);

        Assert.Subset(providers, new DialectCatalog(TimeProvider.System).Names.ToHashSet(StringComparer.Ordinal));
    }
}
