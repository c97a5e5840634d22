namespace BfProxy.Transforms.Dialects;

/// <summary>What may stand in a hole of a <see cref="FrameTemplate"/>.</summary>
internal enum FrameHoleKind
{
    /// <summary>The inside of a string.</summary>
    Text,

    /// <summary>A whole number, not negative.</summary>
    Number,

    /// <summary>Any number of spaces between two tokens.</summary>
    Spaces,
}
