namespace LoadTest.Roles;

/// <summary>A child whose parent is gone, however it went, must not stay: its standard input ends then.</summary>
internal static class ParentWatch
{
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> role)
    {
        using var over = new CancellationTokenSource();
        var working = role(over.Token);
        await Task.WhenAny(working, Console.In.ReadToEndAsync(CancellationToken.None));
        await over.CancelAsync();
        return await working;
    }
}
