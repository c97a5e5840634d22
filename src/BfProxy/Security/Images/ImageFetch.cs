namespace BfProxy.Security.Images;

/// <summary>What came of a fetch: data and its type, or why there is none.</summary>
internal readonly record struct ImageFetch(ImageFailure Failure, string MimeType, ReadOnlyMemory<byte> Data)
{
    public static ImageFetch Of(string mimeType, ReadOnlyMemory<byte> data) => new(ImageFailure.None, mimeType, data);

    public static ImageFetch Failed(ImageFailure failure) => new(failure, "", default);
}
