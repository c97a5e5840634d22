using System.ComponentModel.DataAnnotations;

namespace BfProxy.Tools;

/// <summary><c>BfProxy:Tools</c>: how far the tool calls of models are run.</summary>
internal sealed class ToolsOptions
{
    public const string Section = "BfProxy:Tools";

    /// <summary>How often a model may be given results and asked again within one request.</summary>
    [Range(1, 100)]
    public int MaxToolRounds { get; set; } = 8;

    /// <summary>How long a page may take to answer a front-end tool call.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan FrontEndTimeout { get; set; } = TimeSpan.FromSeconds(90);
}
