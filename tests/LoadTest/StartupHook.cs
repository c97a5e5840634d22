using LoadTest.Measuring;

/// <summary>What the runtime calls in a process started with DOTNET_STARTUP_HOOKS; the name is the runtime's.</summary>
#pragma warning disable MA0047, CA1050 // The runtime looks for it outside any namespace.
internal static class StartupHook
{
    public static void Initialize() => HeapProbe.Serve();
}
