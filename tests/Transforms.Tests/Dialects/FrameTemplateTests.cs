using System.Text;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class FrameTemplateTests
{
    private const string Learned = """{"a":"text","n":12,"p":"pad"}""";

    [Theory]
    [InlineData("""{"a":"","n":0,"p":""}""", "")]
    [InlineData("""{"a":"é \"\\ \u00e9","n":123456789012345678,"p":"x"}""", """é \"\\ \u00e9""")]
    [InlineData("""{"a":"\",\"n\":1,\"p\":\"","n":7,"p":"\""}""", """\",\"n\":1,\"p\":\" """)]
    public void A_frame_that_differs_in_its_holes_alone_matches(string frame, string text)
    {
        Assert.Equal(text.TrimEnd(), Match(Encoding.UTF8.GetBytes(frame)));
    }

    [Theory]
    [InlineData("""{"a":"text","n":12,"p":"pad"} """)]
    [InlineData("""{"a":"text","n":12,"p":"pad"}}""")]
    [InlineData("""{"a":"text","n":12,"p":"pad" """)]
    [InlineData("""{"a":"text","n":12,"p":"pad""")]
    [InlineData("""{"a":"text","n":12,"p":"p"ad"}""")]
    [InlineData("""{"a":"te"xt","n":12,"p":"pad"}""")]
    [InlineData("""{"a":"text\","n":12,"p":"pad"}""")]
    [InlineData("""{"a":"te\xt","n":12,"p":"pad"}""")]
    [InlineData("""{"a":"\u12g4","n":12,"p":"pad"}""")]
    [InlineData("""{"a":"text","n":012,"p":"pad"}""")]
    [InlineData("""{"a":"text","n":-1,"p":"pad"}""")]
    [InlineData("""{"a":"text","n":1.5,"p":"pad"}""")]
    [InlineData("""{"a":"text","n":,"p":"pad"}""")]
    [InlineData("""{"a":"text","n":1234567890123456789,"p":"pad"}""")]
    [InlineData("""{"a":"text","n":12,"q":"pad"}""")]
    [InlineData("{\"a\":\"te\nxt\",\"n\":12,\"p\":\"pad\"}")]
    [InlineData("")]
    public void Any_other_frame_does_not(string frame)
    {
        Assert.Null(Match(Encoding.UTF8.GetBytes(frame)));
    }

    [Fact]
    public void Text_that_is_not_UTF8_does_not_match()
    {
        var frame = Encoding.UTF8.GetBytes(Learned);
        frame[Learned.IndexOf("text", StringComparison.Ordinal)] = 0xFF;

        Assert.Null(Match(frame));
    }

    [Theory]
    [InlineData("""{"a":"text"}""", "text")]
    [InlineData("""{"a":"x"          }""", "x")]
    [InlineData("""{"a":"x"  ,}""", null)]
    [InlineData("""{"a":"x"  }}""", null)]
    [InlineData("""{"a":"x" """, null)]
    public void Spaces_before_the_last_brace_may_differ(string frame, string? text)
    {
        foreach (var learned in new[] { """{"a":"text"}""", """{"a":"text"   }""" })
        {
            var template = new FrameTemplate();
            template.Learn(Encoding.UTF8.GetBytes(learned), [new(learned.IndexOf("text", StringComparison.Ordinal), 4), FrameHole.BeforeLastBrace(Encoding.UTF8.GetBytes(learned))]);

            Assert.Equal(text, template.TryMatch(Encoding.UTF8.GetBytes(frame), out var match) ? Encoding.UTF8.GetString(match) : null);
        }
    }

    [Fact]
    public void A_forgotten_template_matches_nothing()
    {
        var template = Learn();
        template.Forget();

        Assert.False(template.TryMatch(Encoding.UTF8.GetBytes(Learned), out _));
    }

    private static string? Match(byte[] frame) => Learn().TryMatch(frame, out var text) ? Encoding.UTF8.GetString(text) : null;

    private static FrameTemplate Learn()
    {
        var frame = Encoding.UTF8.GetBytes(Learned);
        var template = new FrameTemplate();
        template.Learn(frame, [Hole("text"), Hole("12") with { Kind = FrameHoleKind.Number }, Hole("pad")]);
        return template;
    }

    private static FrameHole Hole(string part) => new(Learned.IndexOf(part, StringComparison.Ordinal), part.Length);
}
