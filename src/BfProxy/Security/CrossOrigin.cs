namespace BfProxy.Security;

/// <summary>Marks an endpoint that pages of other origins may call, where an app allows theirs.</summary>
internal sealed class CrossOrigin
{
    public static readonly CrossOrigin Instance = new();
}
