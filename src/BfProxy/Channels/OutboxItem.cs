using System.Runtime.InteropServices;

namespace BfProxy.Channels;

/// <summary>Something for one connection.</summary>
/// <param name="Frame">Bytes to send.</param>
/// <param name="Stops">Taken off the connection before the frame goes out: nothing of it comes after.</param>
/// <param name="Starts">Put on the connection with the frame: nothing of it comes before.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OutboxItem(ReadOnlyMemory<byte> Frame, Subscription? Stops = null, IReadOnlyList<Subscription>? Starts = null);
