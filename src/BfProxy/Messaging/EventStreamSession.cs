using System.Diagnostics.CodeAnalysis;
using BfProxy.Channels;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>A session over server-sent events. Its commands come by POST, from anywhere and at any time, and are carried out one after the other.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A late command may still pass the gate; the semaphore holds no handle.")]
internal sealed class EventStreamSession(MessagingSession session)
{
    private static readonly ReadOnlyMemory<byte> Nothing = "{}"u8.ToArray();

    private readonly SemaphoreSlim _gate = new(1);

    public Connection Connection => session.Connection;

    public async Task RunAsync(EventsRequest asked, ChannelToken? token)
    {
        try
        {
            await session.GreetAsync(asked.Names, asked.SinceOf, token);
        }
        catch
        {
            Connection.Abort();
            throw;
        }
        finally
        {
            await Connection.Completion;
            await _gate.WaitAsync();
            await session.LeaveAsync();
            _gate.Release();
        }
    }

    /// <summary>Carries out a command; what it starts and stops goes over the stream, the answer back to the caller. Null where the stream has ended.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> AskAsync(ReadOnlyMemory<byte> command)
    {
        await _gate.WaitAsync();
        try
        {
            if (Connection.End is not null)
            {
                return null;
            }

            var said = Nothing;
            await session.HandleAsync(command, answer =>
            {
                said = answer.Frame;
                if (answer.Starts is not null || answer.Stops is not null)
                {
                    Connection.Post(answer with { Frame = default });
                }
            });
            return said;
        }
        finally
        {
            _gate.Release();
        }
    }
}
