using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>Takes the body of an accepted (2xx) response. Used by one thread at a time; never throws for what a provider sends.</summary>
internal abstract class ResponseReader : IDisposable
{
    /// <summary>Whether content came, after which no other attempt may be made.</summary>
    public abstract bool HasContent { get; }

    /// <summary>Whether the terminal event was seen; what comes afterwards is ignored.</summary>
    public abstract bool IsFinished { get; }

    /// <summary>Whether its end was told to whoever reads it; unlike the end of one round's answer, nothing follows.</summary>
    public virtual bool IsOver => false;

    /// <summary>Why the answer is incomplete; null while it is not known to be.</summary>
    public abstract BfError? Error { get; }

    /// <summary>What was said before the answer broke off, where that is kept and another provider can go on from it; else null.</summary>
    public virtual string? Said => null;

    /// <summary>Tokens that the answer cost, however it ended, and how that is known; null where nothing can be said.</summary>
    public virtual CountedUsage? CountedUsage => null;

    /// <summary>Frames that were skipped because they are not of the provider's format.</summary>
    public virtual int MalformedFrames => 0;

    /// <summary>Cancelled when nobody will see more of the stream.</summary>
    public virtual CancellationToken Abandoned => CancellationToken.None;

    /// <summary>Whether the provider answered with what was asked for.</summary>
    public abstract bool Accepts(string? mediaType);

    public abstract void Push(ReadOnlySpan<byte> bytes);

    /// <summary>The provider closed the body in order.</summary>
    public abstract void Complete();

    /// <summary>The attempt failed after it was accepted.</summary>
    public abstract void Fail(BfError error);

    /// <summary>The stream was stopped on request.</summary>
    public abstract void Stop();

    /// <summary>Lets the first content through only if its round wins; false where content cannot be held back.</summary>
    public virtual bool TryEnter(FirstTokenRace race, Round round) => false;

    /// <summary>Keeps what is said, so that another provider may go on with it.</summary>
    public virtual void KeepText()
    {
        // Nobody goes on.
    }

    /// <summary>Goes on with an answer that broke off, and cost this.</summary>
    public virtual void Follow(CountedUsage? broken)
    {
        // Nobody goes on.
    }

    /// <summary>No other attempt will come: errors are not held back any more.</summary>
    public virtual void Release()
    {
        // Nothing is held back.
    }

    /// <summary>Another reader goes on with the stream's output; this one lets go of its own memory only.</summary>
    public virtual void GiveWay()
    {
        // There is none.
    }

    public abstract void Dispose();
}
