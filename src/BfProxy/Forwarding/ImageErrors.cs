using BfProxy.Security.Images;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>What a caller is told of an image or document that was not fetched. Never its address, which may hold a secret.</summary>
internal static class ImageErrors
{
    public static BfError Of(ImageFailure failure, RemoteMedia media, ImagesOptions options)
    {
        var types = media.IsImage ? "a JPEG, PNG, GIF, WebP or HEIC image" : "a PDF";
        return failure switch
        {
            ImageFailure.HostNotAllowed => Wrong(media, "nothing is fetched from this host; expected a host that the server's configuration allows, or a data: URL"),
            ImageFailure.AddressNotAllowed => Wrong(media, "the host leads to an address that is not public; expected one on the Internet, or a data: URL"),
            ImageFailure.Redirected => Wrong(media, $"it was redirected to where nothing is fetched from; expected {types} after at most {options.MaxRedirects} redirects between allowed hosts"),
            ImageFailure.BadStatus => Wrong(media, $"its server did not hand it out; expected status 200 and {types}"),
            ImageFailure.WrongType => Wrong(media, $"its server answered with something else; expected {types}"),
            ImageFailure.TooLarge => Wrong(media, $"it is larger than expected; expected at most {options.MaxBytes} bytes"),
            ImageFailure.Timeout => new BfError
            {
                Status = StatusCodes.Status504GatewayTimeout,
                Message = $"{media.Field}: it did not come whole within {options.Timeout.TotalSeconds} s",
                Kind = BfErrorKind.Timeout,
            },
            _ => new BfError { Status = StatusCodes.Status502BadGateway, Message = $"{media.Field}: its server could not be reached, or broke off", Kind = BfErrorKind.Server },
        };
    }

    public static BfError TooMany(string field, int most) => Wrong(field, $"too many addresses to fetch from; expected at most {most} in a request");

    public static BfError TooMuch(RemoteMedia media, int most) => Wrong(media, $"what was fetched is too much together; expected at most {most} bytes in a request, each part counted");

    private static BfError Wrong(RemoteMedia media, string message) => Wrong(media.Field, message);

    private static BfError Wrong(string field, string message) => new() { Status = StatusCodes.Status400BadRequest, Message = $"{field}: {message}", Kind = BfErrorKind.BadRequest };
}
