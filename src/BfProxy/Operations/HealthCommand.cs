namespace BfProxy.Operations;

/// <summary><c>BfProxy healthcheck [ready] [address]</c>: asks the process beside it. An image without a shell has nothing else to ask with.</summary>
internal static class HealthCommand
{
    public const string Name = "healthcheck";

    private const int Healthy = 0;
    private const int Unhealthy = 1;
    private const string Ready = "ready";
    private const string DefaultAddress = "http://localhost:5080";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>0 where it answers 200.</summary>
    /// <param name="arguments">What follows the command's name.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var probe = arguments.Contains(Ready, StringComparer.Ordinal) ? "/health/ready" : "/health/live";
        var named = arguments.FirstOrDefault(static argument => argument != Ready);
        var address = ProbeAddress.Find(named ?? Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS") ?? DefaultAddress);
        if (address is null)
        {
            await Console.Error.WriteLineAsync("No http address to ask: give one, such as healthcheck http://localhost:8080");
            return Unhealthy;
        }

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience }) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri(address, probe));
            await Console.Out.WriteLineAsync($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            return answer.IsSuccessStatusCode ? Healthy : Unhealthy;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address} does not answer: {exception.Message}");
            return Unhealthy;
        }
    }
}
