using System.ComponentModel.DataAnnotations;

namespace BfProxy.Assistants;

/// <summary><c>BfProxy:Threads</c>: how threads are kept, and what a second request on a busy one meets.</summary>
internal sealed class ThreadsOptions
{
    public const string Section = "BfProxy:Threads";

    /// <summary>What a request meets whose thread has a run.</summary>
    public BusyMode WhenBusy { get; set; }

    /// <summary>How long a request waits for its turn.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a thread that we keep is kept after its last run.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most bytes of a thread that we keep; the oldest turns give way.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBytes { get; set; } = 1024 * 1024;
}
