using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Security;

/// <summary>The application with a certificate of its own: which versions it speaks, what its pages say of it, and that sockets work over it.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private const byte Handshake = 22;
    private const byte Alert = 21;
    private const byte ProtocolVersion = 70;
    private const ushort Tls10 = 0x0301;
    private const ushort Tls11 = 0x0302;
    private const ushort Tls12 = 0x0303;
    private const string Password = "of-the-test-certificate";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.pfx");
    private ProxyHost _host = null!;

    public async Task InitializeAsync()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=edge.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await File.WriteAllBytesAsync(_file, certificate.Export(X509ContentType.Pfx, Password));
        _host = await ProxyHost.StartAsync(new(StringComparer.Ordinal)
        {
            ["Kestrel:Endpoints:Secure:Url"] = "https://127.0.0.1:0",
            ["Kestrel:Endpoints:Secure:Certificate:Path"] = _file,
            ["Kestrel:Endpoints:Secure:Certificate:Password"] = Password,
        });
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        File.Delete(_file);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Versions_of_today_are_spoken(SslProtocols version)
    {
        using var tcp = await ConnectAsync();
        await using var tls = new SslStream(new NetworkStream(tcp));

        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "edge.example", EnabledSslProtocols = version, RemoteCertificateValidationCallback = AnyCertificate });

        Assert.Equal(version, tls.SslProtocol);
    }

    [Theory]
    [InlineData(Tls10, Alert)]
    [InlineData(Tls11, Alert)]
    [InlineData(Tls12, Handshake)]
    public async Task A_client_that_offers_no_more_than_an_old_version_is_refused_for_it(ushort version, byte answered)
    {
        // Written by hand: today's client libraries would not send it.
        using var tcp = await ConnectAsync();
        await tcp.SendAsync(Hello(version));

        var record = new byte[7];
        await using var answer = new NetworkStream(tcp);
        await answer.ReadExactlyAsync(record);
        Assert.Equal(answered, record[0]);
        if (answered == Alert)
        {
            Assert.Equal(ProtocolVersion, record[6]);
        }
    }

    [Theory]
    [InlineData("edge.example", "max-age=31536000")]
    [InlineData("localhost", null)]
    public async Task A_page_holds_the_browser_to_https_but_not_on_localhost(string name, string? expected)
    {
        using var http = Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, _host.Address);
        request.Headers.Host = string.Create(CultureInfo.InvariantCulture, $"{name}:{_host.Address.Port}");

        using var page = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(expected, page.Headers.TryGetValues("Strict-Transport-Security", out var said) ? said.Single() : null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_socket_works_over_it(int httpVersion)
    {
        using var http = Http();
        using var socket = new ClientWebSocket();
        (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (new Version(httpVersion, httpVersion == 1 ? 1 : 0), HttpVersionPolicy.RequestVersionExact);
        await socket.ConnectAsync(new UriBuilder(_host.Address) { Scheme = "wss", Path = "/message/connect" }.Uri, http, default);
        Assert.NotNull((await ReadAsync(socket))["resumeToken"]);

        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"id":1,"action":"channelJoinAnon","options":{"channel":"open-a"}}"""), WebSocketMessageType.Text, endOfMessage: true, default);

        Assert.True((await ReadAsync(socket))["ok"]!.GetValue<bool>());
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    private static async Task<JsonNode> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[16 * 1024];
        var read = await socket.ReceiveAsync(buffer.AsMemory(), default);
        Assert.True(read.EndOfMessage);
        return JsonNode.Parse(buffer.AsSpan(0, read.Count))!;
    }

    private static HttpClient Http() =>
        new(new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = AnyCertificate } });

    private static bool AnyCertificate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate is not null;

    private async Task<Socket> ConnectAsync()
    {
        var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await tcp.ConnectAsync(IPAddress.Loopback, _host.Address.Port);
        return tcp;
    }

    /// <summary>A ClientHello of one version, with a cipher suite that each version has, and what elliptic curves need (RFC 5246, 7.4.1.2).</summary>
    private static byte[] Hello(ushort version)
    {
        byte[] extensions =
        [
            0x00, 0x0A, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17, // supported_groups: secp256r1
            0x00, 0x0B, 0x00, 0x02, 0x01, 0x00, // ec_point_formats: uncompressed
            0x00, 0x0D, 0x00, 0x06, 0x00, 0x04, 0x04, 0x01, 0x08, 0x04, // signature_algorithms: RSA with SHA-256
        ];
        byte[] hello =
        [
            .. Number(version), .. new byte[32], 0,
            0x00, 0x04, 0xC0, 0x2F, 0xC0, 0x13, // ECDHE-RSA with AES-128, GCM and CBC
            0x01, 0x00, .. Number((ushort)extensions.Length), .. extensions,
        ];
        byte[] message = [1, 0, .. Number((ushort)hello.Length), .. hello];
        return [Handshake, .. Number(version), .. Number((ushort)message.Length), .. message];
    }

    private static byte[] Number(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }
}
