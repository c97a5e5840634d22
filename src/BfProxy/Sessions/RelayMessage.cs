using System.Globalization;
using System.Text;

namespace BfProxy.Sessions;

/// <summary>What nodes tell each other of an answer that one of them has and another one shows.</summary>
internal static class RelayMessage
{
    /// <summary>Asks for an answer: relay, node that shows it, session, place in its history.</summary>
    public const string Join = "answers.join";

    /// <summary>More text: relay, then the text; without text a sign of life.</summary>
    public const string Text = "answers.text";

    /// <summary>All of it was told: relay, then the closing events as server-sent events.</summary>
    public const string End = "answers.end";

    private const byte Separator = (byte)'\n';

    public static byte[] Yes => [1];

    public static byte[] No => [0];

    public static bool IsYes(byte[]? reply) => reply is [1];

    public static byte[] WriteJoin(string relay, string node, StoredSession stored) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{relay}\n{node}\n{stored.Id}\n{stored.Session.History.Count}"));

    public static (string Relay, string Node, string Session, int Place) ReadJoin(ReadOnlyMemory<byte> message)
    {
        var parts = Encoding.ASCII.GetString(message.Span).Split('\n');
        return (parts[0], parts[1], parts[2], int.Parse(parts[3], CultureInfo.InvariantCulture));
    }

    public static byte[] Write(string relay, ReadOnlySpan<byte> body) => [.. Encoding.ASCII.GetBytes(relay), Separator, .. body];

    public static (string Relay, ReadOnlyMemory<byte> Body) Read(ReadOnlyMemory<byte> message)
    {
        var end = message.Span.IndexOf(Separator);
        return (Encoding.ASCII.GetString(message.Span[..end]), message[(end + 1)..]);
    }
}
