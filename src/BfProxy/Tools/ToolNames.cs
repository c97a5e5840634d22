namespace BfProxy.Tools;

/// <summary>Who runs a tool stands in its name.</summary>
internal static class ToolNames
{
    private const string FrontEndPrefix = "ui_";

    public static bool IsFrontEnd(string name) => name.StartsWith(FrontEndPrefix, StringComparison.Ordinal);

    /// <summary>The name as pages know it.</summary>
    public static string OnPage(string name) => name[FrontEndPrefix.Length..];
}
