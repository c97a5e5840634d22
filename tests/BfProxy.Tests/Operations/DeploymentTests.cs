using System.Text.Json;
using System.Text.RegularExpressions;
using BfProxy.Operations;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Operations;

/// <summary>The files that put the application into a container say what is true of it.</summary>
public sealed partial class DeploymentTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Examples = Path.Combine(Root, "config", "examples");

    [Fact]
    public void The_image_copies_what_exists_and_runs_as_nobody_with_a_health_check_of_its_own()
    {
        var lines = File.ReadAllLines(Path.Combine(Root, "Dockerfile"));
        var copied = lines.Where(static line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal)).SelectMany(static line => line.Split(' ')[1..^1]).ToList();

        Assert.Contains("config", copied);
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Root, path)), path));
        Assert.Contains("USER $APP_UID", lines);
        Assert.Matches("-chiseled$", lines.Last(static line => line.StartsWith("FROM ", StringComparison.Ordinal)));
        Assert.Contains(lines, static line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal) && line.EndsWith($"""CMD ["dotnet", "{typeof(Program).Assembly.GetName().Name}.dll", "{HealthCommand.Name}"]""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_keys_that_the_compose_file_sets_are_ones_that_the_application_takes()
    {
        var keys = ComposeKey().Matches(await File.ReadAllTextAsync(Path.Combine(Examples, "compose.yaml"))).Select(static match => match.Groups[1].Value).Except(["BfProxy__Backplane__Redis"], StringComparer.Ordinal).ToList();
        Assert.True(keys.Count > 2);

        await using var process = await ProxyProcess.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal), keys.ToDictionary(static key => key, static _ => "some-key", StringComparer.Ordinal));

        Assert.Equal(0, (await ProxyProcess.RunAsync("healthcheck", "ready", process.Address.ToString())).ExitCode);
    }

    [Fact]
    public async Task The_configuration_in_the_Kubernetes_example_is_taken_and_its_grace_covers_the_drain()
    {
        var yaml = await File.ReadAllTextAsync(Path.Combine(Examples, "kubernetes.yaml"));
        var root = Directory.CreateTempSubdirectory("bfproxy-kubernetes-");
        try
        {
            var config = root.CreateSubdirectory("config").FullName;
            File.Copy(Path.Combine(Root, "config", "bfproxy.json"), Path.Combine(config, "bfproxy.json"));
            var json = ConfigMapJson().Match(yaml).Groups[1].Value;
            using (JsonDocument.Parse(json))
            {
                await File.WriteAllTextAsync(Path.Combine(config, "bfproxy.Production.json"), json);
            }

            await using var process = await ProxyProcess.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["contentRoot"] = root.FullName,
                ["BfProxy:Backplane:Redis"] = "",
                ["BfProxy:Apps:main:ApiKeys:0"] = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            });
            Assert.Contains("bfproxy.Production.json", process.Output, StringComparison.Ordinal);
        }
        finally
        {
            root.Delete(recursive: true);
        }

        Assert.True(Number(yaml, "terminationGracePeriodSeconds: ") >= Number(yaml, "seconds: ") + 25 + 5);
    }

    private static int Number(string yaml, string after) => int.Parse(Regex.Match(yaml, Regex.Escape(after) + "([0-9]+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "BfProxy.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("BfProxy.sln was not found above the tests");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^\s+(BfProxy__\w+):", RegexOptions.Multiline, 1000)]
    private static partial Regex ComposeKey();

    [GeneratedRegex(@"bfproxy\.Production\.json: \|\n((?:    .*\n)+)", RegexOptions.None, 1000)]
    private static partial Regex ConfigMapJson();
}
