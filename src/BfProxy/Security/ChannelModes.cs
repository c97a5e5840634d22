namespace BfProxy.Security;

/// <summary>The modes as they are written.</summary>
internal static class ChannelModes
{
    public static string NameOf(ChannelMode mode) => mode switch
    {
        ChannelMode.Listen => "listen",
        ChannelMode.Receive => "receive",
        _ => "ignore",
    };

    public static ChannelMode? Read(string? text) => text switch
    {
        "ignore" => ChannelMode.Ignore,
        "listen" => ChannelMode.Listen,
        "receive" => ChannelMode.Receive,
        _ => null,
    };
}
