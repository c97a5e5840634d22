using System.Runtime.InteropServices;
using LoadTest;
using LoadTest.Client;
using LoadTest.Roles;

using var cancelled = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
return args switch
{
    ["client", .. var rest] => await ClientRole.RunAsync(rest, cancelled.Token),
    ["fake", .. var rest] => await ParentWatch.RunAsync(token => FakeRole.RunAsync(rest, token)),
    ["passthrough", .. var rest] => await ParentWatch.RunAsync(token => PassThroughRole.RunAsync(rest, token)),
    ["sockets", .. var rest] => await ParentWatch.RunAsync(token => BareSocketsRole.RunAsync(rest, token)),
    ["signalr", .. var rest] => await ParentWatch.RunAsync(token => SignalRRole.RunAsync(rest, token)),
    _ => await Comparison.RunAsync(args, cancelled.Token),
};

// Children end with their parent: it cleans up, then ends.
void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    cancelled.Cancel();
}
