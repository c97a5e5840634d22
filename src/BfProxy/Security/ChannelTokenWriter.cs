using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using JWT;
using JWT.Algorithms;

namespace BfProxy.Security;

/// <summary>Makes channel tokens for back ends that cannot sign one themselves.</summary>
internal sealed class ChannelTokenWriter(TimeProvider time)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly byte[] Header = """{"typ":"JWT","alg":"HS256"}"""u8.ToArray();

    private readonly JwtBase64UrlEncoder _base64 = new();
    private readonly HMACSHA256Algorithm _algorithm = new();

    /// <summary>A token of an app that has a secret.</summary>
    public string Write(App app, ChannelToken token, TimeSpan timeToLive)
    {
        var signed = $"{_base64.Encode(Header)}.{_base64.Encode(Claims(app.UserIdClaim, token, timeToLive))}";
        return $"{signed}.{_base64.Encode(_algorithm.Sign(Encoding.UTF8.GetBytes(app.TokenSecret!), Encoding.ASCII.GetBytes(signed)))}";
    }

    private byte[] Claims(string userIdClaim, ChannelToken token, TimeSpan timeToLive)
    {
        var now = time.GetUtcNow();
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteString(userIdClaim, token.User.Id);
        writer.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
        writer.WriteNumber("exp"u8, (now + timeToLive).ToUnixTimeSeconds());
        if (token.User.Email is { } email)
        {
            writer.WriteString("email"u8, email);
        }

        if (token.Channels.Count > 0)
        {
            ChannelGrants.Write(writer, token.Channels);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
