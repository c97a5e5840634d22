using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BfProxy.Tests.Security;

/// <summary>Tokens as anybody may write them, made without the library under test.</summary>
internal static class TokenText
{
    public const string Secret = "0123456789abcdef0123456789abcdef";
    public const string Header = """{"alg":"HS256","typ":"JWT"}""";

    public static string Make(string claims, string header = Header, string secret = Secret)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>A good token that ends an hour after the manual clock's start.</summary>
    public static string For(string user, string more = "") => Make($$"""{"sub":"{{user}}","exp":1767229200{{more}}}""");

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
