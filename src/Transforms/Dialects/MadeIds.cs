using System.Security.Cryptography;

namespace BfProxy.Transforms.Dialects;

/// <summary>Ids for what a provider left without one. Those of calls are permissions (contract section 5), hence 128 random bits.</summary>
internal static class MadeIds
{
    public const string CallPrefix = "call_";
    public const string CompletionPrefix = "chatcmpl-";

    public static string New(string prefix) => prefix + RandomNumberGenerator.GetHexString(32, lowercase: true);
}
