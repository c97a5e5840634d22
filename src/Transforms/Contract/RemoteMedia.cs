namespace BfProxy.Transforms.Contract;

/// <summary>An image or document that a request names by its address, for a dialect that takes it as data only.</summary>
public sealed class RemoteMedia
{
    private RemoteMedia(MediaPart part, Uri address) => (Part, Address) = (part, address);

    /// <summary>Where it stands, such as <c>payload.messages[0].content[1].image_url.url</c>.</summary>
    public string Field => Part.Path.ToString();

    /// <summary>An absolute <c>http</c> or <c>https</c> address, as the caller wrote it.</summary>
    public Uri Address { get; }

    /// <summary>Whether an image is meant; a document else.</summary>
    public bool IsImage => Part.Kind is MediaKind.Image;

    internal MediaPart Part { get; }

    /// <summary>All that the request has of the kind that the dialect cannot take by address.</summary>
    internal static IReadOnlyList<RemoteMedia> Find(ChatRequest request, Func<MediaPart, bool> needsBytes)
    {
        List<RemoteMedia>? found = null;
        foreach (var part in request.Messages.SelectMany(static message => message.Parts))
        {
            if (part is MediaPart { Url: { } url, Kind: MediaKind.Image or MediaKind.File } media && IsWeb(url, out var address) && needsBytes(media))
            {
                (found ??= []).Add(new RemoteMedia(media, address));
            }
        }

        return found ?? (IReadOnlyList<RemoteMedia>)[];
    }

    private static bool IsWeb(string url, out Uri address) =>
        Uri.TryCreate(url, UriKind.Absolute, out address!) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);
}
