namespace BfProxy.Security.Images;

/// <summary>A host leads to no address that may be connected to. Says through the HTTP client, which knows no other way, why there is no connection.</summary>
internal sealed class AddressNotAllowedException() : IOException("The host leads to no public address");
