namespace FakeProvider;

/// <summary>The bare Kestrel under both forms of the fake: no configuration files, no environment, no logging.</summary>
internal static class FakeKestrel
{
    // A flush completes when no more than this waits in the output pipe: with 2, only when the kernel has the bytes.
    // So a script's Cut or Reset after a write never overtakes that write.
    private const int WriteThrough = 2;

    public static WebApplication Build(string url)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(url);
        builder.WebHost.UseSockets(sockets => sockets.MaxWriteBufferSize = WriteThrough);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowAlternateSchemes = true;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestLineSize = 1 << 20;
            kestrel.Limits.MaxRequestBufferSize = null;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        return builder.Build();
    }
}
