using System.Security.Cryptography;

namespace BfProxy.Transforms.Dialects;

/// <summary>Ids for calls of providers that send none. They are permissions (contract section 5), hence 128 random bits.</summary>
internal static class ToolCallIds
{
    public static string New() => "call_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
}
