using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>A browser, and a web site on an origin of its own whose pages embed the real widget.</summary>
public sealed class WidgetFixture : IAsyncLifetime
{
    private readonly WebApplication _site = BuildSite();
    private IBrowser? _browser;
    private IPlaywright? _playwright;

    /// <summary>The origin of the pages.</summary>
    public string Origin => _site.Urls.First();

    public async Task InitializeAsync()
    {
        await WidgetPackages.RestoreAsync();
        await _site.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(PlaygroundFixture.LaunchOptions);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
        await _site.DisposeAsync();
    }

    public Task<IBrowserContext> NewContextAsync() => _browser!.NewContextAsync();

    /// <summary>A page with the widget; no query string, which would become prefilled variables.</summary>
    public string PageOf(string version, Uri api, bool inFrame = false) =>
        string.Create(CultureInfo.InvariantCulture, $"{Origin}/{(inFrame ? "frame" : "page")}/{version}/{api.Port}");

    private static WebApplication BuildSite()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var site = builder.Build();
        site.Urls.Add("http://127.0.0.1:0");
        site.MapGet("/web/{version}.js", (string version) => Results.File(WidgetPackages.ScriptOf(version), "text/javascript"));
        site.MapGet("/page/{version}/{port:int}", (string version, int port) => Results.Content(
            $$"""
            <!doctype html><meta charset="utf-8"><title>Shop</title>
            <typebot-standard style="display:block;width:100%;height:600px"></typebot-standard>
            <script type="module">
              import Typebot from "/web/{{version}}.js";
              window.seen = { inputs: 0, logs: [] };
              Typebot.initStandard({
                typebot: "shop",
                apiHost: "http://127.0.0.1:{{port}}",
                onNewInputBlock: () => { seen.inputs++; },
                onNewLogs: (logs) => { seen.logs.push(...logs); },
              });
            </script>
            """,
            "text/html; charset=utf-8"));
        site.MapGet("/frame/{version}/{port:int}", (string version, int port) => Results.Content(
            $"""<!doctype html><title>Around</title><iframe src="/page/{version}/{port}" style="width:100%;height:640px"></iframe>""", "text/html; charset=utf-8"));
        return site;
    }
}
