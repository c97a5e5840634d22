namespace BfProxy.Hooks;

/// <summary>What came of a hook call: an answer, or a named failure.</summary>
/// <param name="Failure">Why there is no answer; <see cref="HookFailure.None"/> where there is one.</param>
/// <param name="Status">The HTTP status where the hook sent one, else 0.</param>
/// <param name="IsJson">Whether <paramref name="Body"/> is one well-formed JSON value; else it is plain text.</param>
/// <param name="Body">The answer as UTF-8, without byte order mark; empty on a failure. Belongs to the caller.</param>
internal sealed record HookResult(HookFailure Failure, int Status, bool IsJson, ReadOnlyMemory<byte> Body)
{
    public bool IsAnswer => Failure is HookFailure.None;

    /// <summary>What went wrong, in words that may be told to a model or a caller: no address, no secret, nothing that the hook said.</summary>
    public string Reason => Failure switch
    {
        HookFailure.None => "the back end answered",
        HookFailure.NotConfigured => "the app has no back end for this",
        HookFailure.Busy => "the back end has too many calls at once",
        HookFailure.Timeout => "the back end did not answer in time",
        HookFailure.Unreachable => "the back end could not be reached",
        HookFailure.Status => $"the back end answered with status {Status}",
        HookFailure.TooLarge => "the back end's answer is too large",
        _ => "the back end's answer is neither JSON nor plain text",
    };

    /// <summary>Whether another try may help. A call that never had its turn is not tried again.</summary>
    public bool IsTransient => Failure is HookFailure.Timeout or HookFailure.Unreachable
        || (Failure is HookFailure.Status && Status is 408 or 429 or >= 500);

    public static HookResult Failed(HookFailure failure, int status = 0) => new(failure, status, IsJson: false, default);
}
