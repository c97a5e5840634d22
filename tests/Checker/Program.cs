using System.Runtime.InteropServices;
using Checker;

using var cancelled = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
if (args.Contains("--help", StringComparer.Ordinal))
{
    Console.WriteLine(CheckOptions.Usage);
    return 0;
}

try
{
    return await new Check(CheckOptions.Parse(args)).RunAsync(cancelled.Token) ? 0 : 1;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("cancelled");
    return 130;
}

// The nodes end with us: it cleans up, then ends.
void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    cancelled.Cancel();
}
