using System.Runtime.InteropServices;

namespace BfProxy.Channels;

/// <summary>Where a join stands in its channel.</summary>
/// <param name="JoinedAt">The channel's last offset at the join.</param>
/// <param name="After">The offset after which its frames come.</param>
/// <param name="Floor">The offset after which this client may read again when it comes back (<see cref="Since.Floor"/>).</param>
/// <param name="Recovered">Whether the past that was asked for is there in full; null where none was.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JoinPosition(long JoinedAt, long After, long Floor, bool? Recovered = null);
