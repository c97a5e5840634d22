using FakeProvider.Load;

namespace LoadTest.Roles;

/// <summary>The fake provider in a process of its own.</summary>
internal static class FakeRole
{
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var values = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        await LoadServer.RunAsync(values["urls"]!, _ => Console.WriteLine("listening"), cancellationToken);
        return 0;
    }
}
