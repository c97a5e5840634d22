namespace BfProxy.Transforms.Dialects;

/// <summary>What is special about all models of some names.</summary>
public sealed record ModelRule : ModelTraits
{
    /// <summary>Patterns of real model names, upper or lower case; <c>*</c> stands for any characters.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
}
