using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>One application and one browser for all tests of the page. <c>CHROMIUM_PATH</c> names another browser than Debian's.</summary>
public sealed class PlaygroundFixture : IAsyncLifetime
{
    private static readonly string[] BrowserArguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    internal static BrowserTypeLaunchOptions LaunchOptions { get; } = new()
    {
        ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium",
        Args = BrowserArguments,
    };

    private AppProcess? _app;

    private IBrowser? _browser;

    private IPlaywright? _playwright;

    public Uri Address { get; private set; } = new("http://localhost");

    public async Task InitializeAsync()
    {
        (_app, Address) = await AppProcess.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(LaunchOptions);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    public Task<IBrowserContext> NewContextAsync(ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 800) =>
        _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
}
