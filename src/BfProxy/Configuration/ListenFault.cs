using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace BfProxy.Configuration;

/// <summary>Why the process cannot listen where it was told to, in one line.</summary>
internal static class ListenFault
{
    /// <summary>The host would log the fault with a stack trace before we could say it plainly.</summary>
    public static void LeaveStartFaultsToUs(this ILoggingBuilder logging) => logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

    /// <summary>Null where the exception is about something else.</summary>
    public static string? Find(Exception exception) => exception switch
    {
        IOException { InnerException: AddressInUseException } => $"{exception.Message.TrimEnd('.')}. Choose another address with --urls or ASPNETCORE_URLS.",
        _ when IsFromKestrelSection(exception) => $"Cannot listen: {exception.Message.TrimEnd('.')}. Look at the section Kestrel of the configuration.",
        SocketException or IOException { InnerException: SocketException } => Say(exception),
        FormatException or InvalidOperationException or ArgumentException when IsFromAddressBinder(exception) => Say(exception),
        _ => null,
    };

    private static string Say(Exception exception) =>
        $"Cannot listen: {exception.Message.TrimEnd('.')}. Expected addresses of this machine, such as http://localhost:5080, in --urls or ASPNETCORE_URLS.";

    /// <summary>Kestrel reads its own section when it starts: an endpoint without an address, a certificate that is not there or has another password.</summary>
    private static bool IsFromKestrelSection(Exception exception) => exception.StackTrace?.Contains("KestrelConfigurationLoader", StringComparison.Ordinal) == true;

    private static bool IsFromAddressBinder(Exception exception) =>
        exception.StackTrace?.Contains("AddressBind", StringComparison.Ordinal) == true || exception.StackTrace?.Contains("BindingAddress", StringComparison.Ordinal) == true;
}
