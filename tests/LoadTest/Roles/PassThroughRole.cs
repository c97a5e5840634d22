using Yarp.ReverseProxy.Configuration;

namespace LoadTest.Roles;

/// <summary>The contestant to measure against: YARP as it comes, one route to the fake provider.</summary>
internal static class PassThroughRole
{
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var values = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(values["urls"]!);
        builder.Services.AddReverseProxy().LoadFromMemory([Route()], [Cluster(values["to"]!)]);
        await using var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync(cancellationToken);
        Console.WriteLine("listening");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    private static RouteConfig Route() => new()
    {
        RouteId = "all",
        ClusterId = "fake",
        Match = new RouteMatch { Path = "{**all}" },
    };

    private static ClusterConfig Cluster(string address) => new()
    {
        ClusterId = "fake",
        Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { ["primary"] = new() { Address = address } },
    };
}
