using System.Globalization;
using System.Runtime.InteropServices;

namespace BfProxy.Channels.Redis;

/// <summary>What a channel in Redis knows of a stream.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="IsWhole">Whether it is kept from its first token.</param>
/// <param name="EndedAt">When it ended by Redis' clock; zero while it runs.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StreamState(string StreamId, bool IsWhole, long EndedAt)
{
    /// <summary>Ends the name of what a stream ended with, which is no state.</summary>
    public const char LastWords = '!';

    private const int Fields = 5;
    private const int Bytes = 3;
    private const int Ended = 4;

    public static StreamState Read(string streamId, string fields)
    {
        var parts = fields.Split(':', Fields);
        return new StreamState(streamId, parts[Bytes][0] != '-', long.Parse(parts[Ended], CultureInfo.InvariantCulture));
    }
}
