using System.Text;
using BfProxy.Demo;

namespace BfProxy.Tests.Demo;

public sealed class DemoTokensTests
{
    private const int LongestToken = 40;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly string[] All = ["Why is the sky dark?", "a poem", "code", "emoji", "a long answer", "something else 👋🏽"];

    public static TheoryData<string> Prompts => new(All);

    [Theory]
    [MemberData(nameof(Prompts))]
    public void Tokens_joined_are_the_text(string prompt)
    {
        var text = DemoAnswers.For(prompt);

        Assert.Equal(text, string.Concat(DemoTokens.Cut(text)));
    }

    [Theory]
    [MemberData(nameof(Prompts))]
    public void No_token_is_empty_or_long_or_holds_half_a_character(string prompt)
    {
        var tokens = DemoTokens.Cut(DemoAnswers.For(prompt)).ToList();

        Assert.All(tokens, token => Assert.InRange(Strict.GetByteCount(token), 1, LongestToken * 3));
        Assert.All(tokens, token => Assert.InRange(token.Length, 1, LongestToken));
    }

    [Fact]
    public void A_text_without_spaces_is_cut_too()
    {
        Assert.True(DemoTokens.Cut("日本語の文章には空白がありませんから区切りが要ります").Count() > 3);
    }

    [Fact]
    public void Prompts_choose_their_answers()
    {
        Assert.Equal(DemoAnswers.For("Two poems, please."), DemoAnswers.For("a poem"));
        Assert.DoesNotContain("night sky is dark", DemoAnswers.For("How do I start?"), StringComparison.Ordinal);
        Assert.Equal(All.Length, All.Select(DemoAnswers.For).Distinct(StringComparer.Ordinal).Count());
    }
}
