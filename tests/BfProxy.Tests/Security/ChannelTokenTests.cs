using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BfProxy.Configuration;
using BfProxy.Security;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Configuration;

namespace BfProxy.Tests.Security;

public sealed class ChannelTokenTests
{
    private const string Host = "app.example.com";
    private const long Start = 1767225600;

    private readonly ManualTimeProvider _time = new();
    private readonly ChannelTokenReader _reader;

    public ChannelTokenTests() => _reader = new ChannelTokenReader(_time);

    [Fact]
    public void A_token_names_the_user_and_his_channels()
    {
        var text = TokenText.Make("""{"sub":"USER_1","email":"a@example.com","exp":1767229200,"aud":["x","APP.example.com"],"channels":[{"name":"sales","mode":"listen"},"news"]}""");
        Assert.Equal(TokenFault.None, _reader.Read(AppWith(), Host, text, out var token));
        Assert.Equal(new User("USER_1", "a@example.com"), token!.User);
        Assert.Equal([new("sales", ChannelMode.Listen), new ChannelGrant("news", ChannelMode.Ignore)], token.Channels);
    }

    [Fact]
    public void The_user_may_stand_in_another_claim_and_be_a_number()
    {
        var app = AppWith(("UserIdClaim", "uid"));
        Assert.Equal(TokenFault.None, _reader.Read(app, Host, TokenText.Make("""{"sub":"no","uid":4711,"exp":1767229200}"""), out var token));
        Assert.Equal("4711", token!.User.Id);
        Assert.Equal(TokenFault.Wrong, _reader.Read(app, Host, TokenText.For("USER_1"), out _));
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"None","typ":"JWT"}""")]
    [InlineData("""{"alg":"HS512"}""")]
    [InlineData("""{"alg":"HS384"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"alg":"hs256"}""")]
    [InlineData("""{"alg":["HS256"]}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""")]
    [InlineData("""{"alg":"HS256","crit":[]}""")]
    [InlineData("""["HS256"]""")]
    [InlineData("HS256")]
    [InlineData("""{"alg":"HS256","kid":{"a":1},"typ":[1]}""")]
    public void A_header_that_is_not_HS256_alone_is_refused_whatever_the_signature(string header) =>
        Assert.Equal(TokenFault.Wrong, Read(TokenText.Make("""{"sub":"USER_1","exp":1767229200}""", header)));

    [Fact]
    public void Another_algorithm_with_its_own_right_signature_is_refused()
    {
        var signed = $"{TokenText.Encode("""{"alg":"HS512"}""")}.{TokenText.Encode("""{"sub":"USER_1","exp":1767229200}""")}";
        var hash = HMACSHA512.HashData(Encoding.UTF8.GetBytes(TokenText.Secret), Encoding.ASCII.GetBytes(signed));
        Assert.Equal(TokenFault.Wrong, Read($"{signed}.{Base64Url.EncodeToString(hash)}"));
        Assert.Equal(TokenFault.Wrong, Read($"{TokenText.Encode("""{"alg":"none"}""")}.{TokenText.Encode("""{"sub":"USER_1","exp":1767229200}""")}."));
    }

    [Theory]
    [InlineData("""{"sub":"USER_1"}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":"1767229200"}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":null}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":1767225600}""", TokenFault.Expired)]
    [InlineData("""{"sub":"USER_1","exp":1767225599}""", TokenFault.Expired)]
    [InlineData("""{"sub":"USER_1","exp":1767225000}""", TokenFault.Expired)]
    [InlineData("""{"sub":"USER_1","exp":1767225601}""", TokenFault.None)]
    [InlineData("""{"sub":"USER_1","exp":-1}""", TokenFault.Expired)]
    [InlineData("""{"sub":"USER_1","exp":-1e300}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":1767229200,"nbf":1767225660}""", TokenFault.None)]
    [InlineData("""{"sub":"USER_1","exp":1767229200,"nbf":1767225661}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":1767229200,"nbf":"now"}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"","exp":1767229200}""", TokenFault.Wrong)]
    [InlineData("""{"sub":null,"exp":1767229200}""", TokenFault.Wrong)]
    [InlineData("""{"sub":{"id":1},"exp":1767229200}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"\ud800","exp":1767229200}""", TokenFault.Wrong)]
    [InlineData("""{"exp":1767229200}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":1767229200,"aud":"other.example.com"}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":1767229200,"aud":[]}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":1767229200,"aud":null}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":1767229200,"aud":["app.example.com"]}""", TokenFault.None)]
    [InlineData("""{"sub":"USER_1","exp":1767229200,"channels":"sales"}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":1767229200,"channels":[{"name":"sales","mode":"shout"}]}""", TokenFault.Wrong)]
    [InlineData("""{"sub":"USER_1","exp":1767229200,"channels":[{"mode":"listen"}]}""", TokenFault.Wrong)]
    [InlineData("""["USER_1"]""", TokenFault.Wrong)]
    [InlineData("USER_1", TokenFault.Wrong)]
    public void Claims_are_judged(string claims, object fault) => Assert.Equal((TokenFault)fault, Read(TokenText.Make(claims)));

    [Fact]
    public void A_token_that_was_good_is_not_once_it_has_ended()
    {
        var text = TokenText.Make($$"""{"sub":"USER_1","exp":{{Start + 60}}}""");
        Assert.Equal(TokenFault.None, Read(text));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TokenFault.Expired, Read(text));
    }

    [Fact]
    public void A_token_of_another_app_or_for_an_app_without_a_secret_is_refused()
    {
        Assert.Equal(TokenFault.Wrong, Read(TokenText.Make("""{"sub":"USER_1","exp":1767229200}""", secret: TokenText.Secret + "x")));
        Assert.Equal(TokenFault.NoSecret, _reader.Read(AppWith(("TokenSecret", "")), Host, TokenText.For("USER_1"), out _));
    }

    [Fact]
    public void A_token_has_a_largest_size() =>
        Assert.Equal(TokenFault.Wrong, Read(TokenText.For("USER_1", $",\"x\":\"{new string('x', ChannelTokenReader.MaxLength)}\"")));

    [Fact]
    public void A_token_with_any_character_changed_is_refused()
    {
        var text = TokenText.For("USER_1");
        var changed = from at in Gen.Choose(0, text.Length - 1)
                      from letter in Gen.Elements("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/= \0é".ToCharArray())
                      select Change(text, at, letter);
        // The last letter of a signature has bits to spare: only it may change without a change of the signature.
        Prop.ForAll(changed.ToArbitrary(), other => other == text || other[..^1] == text[..^1] || Read(other) == TokenFault.Wrong).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nothing_but_a_token_is_one()
    {
        var parts = Gen.Elements("", "a", "e30", "eyJhbGciOiJIUzI1NiJ9", TokenText.Encode(TokenText.Header), "bnVsbA", "W10", "{}", "\u0000", "日本", "====", new string('A', 5000));
        var text = from some in Gen.ArrayOf(parts) select string.Join('.', some);
        Prop.ForAll(text.ToArbitrary(), one => Read(one) == TokenFault.Wrong).QuickCheckThrowOnFailure();
        Assert.Equal(TokenFault.Wrong, Read(null));
    }

    [Fact]
    public void A_token_that_we_make_is_read_back()
    {
        var app = AppWith(("UserIdClaim", "uid"));
        var made = new ChannelToken(new User("日 \"1\"", "a@example.com"), [new("sales", ChannelMode.Receive), new("x", ChannelMode.Ignore)]);
        var text = new ChannelTokenWriter(_time).Write(app, made, TimeSpan.FromMinutes(1));
        Assert.Equal(TokenFault.None, _reader.Read(app, Host, text, out var token));
        Assert.Equal(made.User, token!.User);
        Assert.Equal(made.Channels, token.Channels);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TokenFault.Expired, _reader.Read(app, Host, text, out _));
    }

    [Theory]
    [InlineData("TokenSecret", "0123456789abcdef0123456789abcde", "at least 32 bytes")]
    [InlineData("UserIdClaim", "exp", "UserIdClaim")]
    public void Bad_settings_are_named_at_the_start(string key, string value, string fault)
    {
        var faults = new Faults();
        Catalog(faults, (key, value));
        Assert.Contains(fault, Assert.Single(faults.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_apps_do_not_share_a_secret()
    {
        var faults = new Faults();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["BfProxy:Apps:a:TokenSecret"] = TokenText.Secret, ["BfProxy:Apps:b:TokenSecret"] = TokenText.Secret };
        AppCatalogReader.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), faults);
        Assert.Contains("the same secret", Assert.Single(faults.Messages), StringComparison.Ordinal);
    }

    private TokenFault Read(string? text) => _reader.Read(AppWith(), Host, text, out _);

    private static string Change(string text, int at, char letter) => string.Concat(text.AsSpan(0, at), [letter], text.AsSpan(at + 1));

    private static App AppWith(params (string Key, string Value)[] settings) => Catalog(new Faults(), settings).All[0];

    private static AppCatalog Catalog(Faults faults, params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal) { ["BfProxy:Apps:test:TokenSecret"] = TokenText.Secret };
        foreach (var (key, value) in settings)
        {
            values[$"BfProxy:Apps:test:{key}"] = value;
        }

        return AppCatalogReader.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), faults);
    }
}
