namespace BfProxy.Transforms.Contract;

internal enum MediaKind
{
    Image,
    Audio,

    /// <summary>A document; PDF as a rule.</summary>
    File,
}
