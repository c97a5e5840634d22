namespace BfProxy.Tools;

/// <summary>How a run on a thread stands, in the words that callers see.</summary>
internal static class RunStatus
{
    public const string Running = "in_progress";
    public const string Completed = "completed";
    public const string Cancelled = "cancelled";
    public const string Failed = "failed";
    public const string Unknown = "not_found";
}
