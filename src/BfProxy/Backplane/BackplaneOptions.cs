namespace BfProxy.Backplane;

internal sealed class BackplaneOptions
{
    public const string Section = "BfProxy:Backplane";

    /// <summary>Connection string of the Redis that all nodes share, as StackExchange.Redis reads it; absent: this node is alone.</summary>
    public string? Redis { get; set; }
}
