namespace LoadTest.Running;

/// <summary>Where the solution lies.</summary>
internal static class Repository
{
    /// <summary>The program that is measured, as a Release build leaves it.</summary>
    public static string BfProxy() => Path.Combine(Root(), "src", "BfProxy", "bin", "Release", "net10.0", "BfProxy.dll");

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "BfProxy.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The load test runs from a build inside the repository");
    }
}
