using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Tests.Contract;

public sealed class BfEnvelopeTests
{
    [Theory]
    [InlineData("{\"actionName\":\"a\"}")]
    [InlineData("\uFEFF{\"actionName\":\"a\"}")]
    [InlineData("{\"actionName\":\"a\",}")]
    [InlineData("// first\n{\"actionName\":\"a\"}")]
    [InlineData("{// lone CR\r\"actionName\":\"a\"}")]
    [InlineData("{// CRLF\r\n\"actionName\":\"a\"}")]
    [InlineData("{\r\"actionName\" // why\r : \"a\"\r}\r")]
    [InlineData("{/* a \r b \" */\"actionName\":/**/\"a\"/* , */}")]
    [InlineData("{\"actionName\":\"a\"}// last")]
    [InlineData("{\"actionName\":\"a\"} /* last */ \r")]
    [InlineData("{\"actionName\":\"old\",\"actionName\":\"a\"}")]
    [InlineData("{\"payload\":{\"x\":[1,2,],},\"actionName\":\"a\"}")]
    [InlineData("{ // line \u2028 separator\n\"actionName\":\"a\"}")]
    [InlineData("{\"url\":\"http://x/*\",\"q\":\"\\\"//\",\"actionName\"/*1*/:\"a\"}")]
    [InlineData("{ /* line \u2028 separator */\"actionName\":\"a\"}")]
    public void Json_as_people_write_it_is_read(string json)
    {
        using var envelope = Requests.Parse(json);

        Assert.Equal("a", envelope.ActionName);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{\"a\":}", 1, 6)]
    [InlineData("{\n  \"a\": nope\n}", 2, 9)]
    [InlineData("{\r  \"a\": nope\r}", 2, 9)]
    [InlineData("{\r\n\r\n\"日本\": ?}", 3, 7)]
    [InlineData("{\"a\":\"cut", 1, 10)]
    [InlineData("{} {}", 1, 4)]
    [InlineData("{/* never closed", 1, 2)]
    [InlineData("{\"a\"/*日本*/:?}", 1, 12)]
    [InlineData("/", 1, 1)]
    public void What_is_not_JSON_is_refused_with_line_and_column(string json, int line, int column)
    {
        var fault = Requests.Fault(json);

        Assert.Equal(400, fault.Status);
        Assert.Contains($"line {line}, column {column}:", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_UTF8_is_refused_where_it_stands()
    {
        var fault = Requests.Fault([.. "{\n\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8]);

        Assert.Equal(400, fault.Status);
        Assert.Contains("line 2, column 6: the text is not valid UTF-8", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\\ud83d", false)]
    [InlineData("\\ude00", false)]
    [InlineData("\\ud83dx\\ude00", false)]
    [InlineData("\\ud83d\\ude00", true)]
    [InlineData("\\\\ud83d", true)]
    public void Half_a_surrogate_pair_is_refused(string text, bool isText) =>
        Assert.Equal(isText, BfEnvelope.TryParse(Encoding.UTF8.GetBytes("{\"a\":\"" + text + "\"}"), out _, out _));

    [Fact]
    public void A_comment_may_hold_half_a_surrogate_pair() => Assert.True(BfEnvelope.TryParse("{/* \\ud83d */\"a\":\"\\ud83d\\ude00\"}"u8.ToArray(), out _, out _));

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    public void A_body_that_is_no_object_is_refused(string json) => Assert.Contains("not an object", Requests.Fault(json).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void Twenty_MiB_of_nesting_are_refused_for_their_depth(string opening) =>
        Assert.Contains("depth", Requests.Fault(Repeat(opening)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/* ")]
    [InlineData("/")]
    [InlineData("\"/*\\\" ")]
    [InlineData("// \n")]
    [InlineData("/**/")]
    public void Twenty_MiB_of_comments_are_refused_in_one_pass(string opening) => Assert.Equal(400, Requests.Fault(Repeat(opening)).Status);

    private static byte[] Repeat(string opening)
    {
        var body = new byte[20 << 20];
        for (var i = 0; i + opening.Length <= body.Length; i += opening.Length)
        {
            Encoding.ASCII.GetBytes(opening, body.AsSpan(i));
        }

        return body;
    }

    [Fact]
    public void The_last_of_duplicate_keys_wins_at_any_depth()
    {
        using var envelope = Requests.Parse("""{"a":1,"b":{"c":1,"c":{"d":[{"e":1.50,"e":1.60}]}},"a":2}""");

        Assert.Equal("""{"a":2,"b":{"c":{"d":[{"e":1.60}]}}}""", envelope.Root.GetRawText());
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("{\"apiKey\":null}", null)]
    [InlineData("{\"apiKey\":\"\"}", null)]
    [InlineData("{\"apiKey\":\"BFAPI_1\"}", "BFAPI_1")]
    public void The_key_is_read_by_itself(string json, string? key)
    {
        using var envelope = Requests.Parse(json);

        Assert.True(envelope.TryReadApiKey(out var found, out _));
        Assert.Equal(key, found);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("\"with space\"")]
    [InlineData("\"sch\u00F6n\"")]
    [InlineData("\"line\\nfeed\"")]
    public void A_key_that_no_header_could_carry_is_refused(string key)
    {
        using var envelope = Requests.Parse("{\"apiKey\":" + key + "}");

        Assert.False(envelope.TryReadApiKey(out _, out var fault));
        Assert.Equal("apiKey", fault.Field);
    }

    [Fact]
    public void A_key_has_at_most_512_characters()
    {
        using var longest = Requests.Parse(JsonSerializer.Serialize(new { apiKey = new string('k', 512) }));
        using var longer = Requests.Parse(JsonSerializer.Serialize(new { apiKey = new string('k', 513) }));

        Assert.True(longest.TryReadApiKey(out _, out _));
        Assert.False(longer.TryReadApiKey(out _, out _));
    }

    [Theory]
    [InlineData("{\"actionName\":7}")]
    [InlineData("{}")]
    public void An_action_name_for_errors_is_read_without_complaint(string json)
    {
        using var envelope = Requests.Parse(json);

        Assert.Null(envelope.ActionName);
    }
}
