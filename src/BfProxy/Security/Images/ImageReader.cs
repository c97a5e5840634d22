using System.Buffers;
using System.Net;

namespace BfProxy.Security.Images;

/// <summary>Reads the answer of whoever holds an image: a whole one of a known type, within the limit, or nothing.</summary>
internal static class ImageReader
{
    private const int ReadSize = 64 * 1024;

    public static async Task<ImageFetch> ReadAsync(HttpResponseMessage response, bool isImage, int maxBytes, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return ImageFetch.Failed(ImageFailure.BadStatus);
        }

        var headers = response.Content.Headers;
        if (!ImageType.MayBe(headers.ContentType?.MediaType, isImage) || headers.ContentEncoding.Any(static encoding => encoding != "identity"))
        {
            return ImageFetch.Failed(ImageFailure.WrongType);
        }

        if (headers.ContentLength > maxBytes)
        {
            return ImageFetch.Failed(ImageFailure.TooLarge);
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (await ReadAllAsync(body, maxBytes, cancellationToken) is not { } data)
        {
            return ImageFetch.Failed(ImageFailure.TooLarge);
        }

        return ImageType.Find(data.Span, isImage) is { } type ? ImageFetch.Of(type, data) : ImageFetch.Failed(ImageFailure.WrongType);
    }

    /// <summary>Null where there is more than may be.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAllAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        var data = new ArrayBufferWriter<byte>(ReadSize);
        while (await body.ReadAsync(data.GetMemory(ReadSize), cancellationToken) is var read and > 0)
        {
            data.Advance(read);
            if (data.WrittenCount > maxBytes)
            {
                return null;
            }
        }

        return data.WrittenMemory;
    }
}
