using System.Runtime.InteropServices;

namespace BfProxy.Security;

/// <summary>A channel that a user is on, and his mode there.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChannelGrant(string Channel, ChannelMode Mode);
