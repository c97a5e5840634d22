namespace BfProxy.Security;

/// <summary>Marks an endpoint that pages of other origins may call, where an app allows theirs.</summary>
internal sealed class CrossOrigin
{
    public static readonly CrossOrigin Instance = new();

    /// <summary>The same for pages of any origin: the endpoint itself refuses those that it does not serve, and they can read why.</summary>
    public static readonly CrossOrigin Any = new();
}
