using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BfProxy.Messaging;

/// <summary>Word from one node to all that a connection's id lives there now.</summary>
/// <param name="ConnectionId">The id.</param>
/// <param name="At">When it was claimed: of two who claim it, the later has it.</param>
/// <param name="Nonce">Tells this claim from others.</param>
internal sealed record ConnectionClaim(string ConnectionId, long At, long Nonce)
{
    private const char Separator = '\n';

    public static ConnectionClaim New(string connectionId, DateTimeOffset now) =>
        new(connectionId, now.UtcTicks, BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))));

    public static ConnectionClaim Read(ReadOnlyMemory<byte> message)
    {
        var parts = Encoding.UTF8.GetString(message.Span).Split(Separator);
        return new(parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    public byte[] Write() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ConnectionId}{Separator}{At}{Separator}{Nonce}"));
}
