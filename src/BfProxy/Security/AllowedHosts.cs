namespace BfProxy.Security;

/// <summary>ASP.NET Core's own <c>AllowedHosts</c>, read with everything else so that a reload with a fault anywhere leaves it as it was.</summary>
internal sealed class AllowedHosts
{
    public const string Key = "AllowedHosts";

    /// <summary>Host names, <c>*.example.com</c>, or <c>*</c> for all.</summary>
    public IList<string> Names { get; init; } = ["*"];
}
