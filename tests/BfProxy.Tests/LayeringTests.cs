using System.Text.RegularExpressions;

namespace BfProxy.Tests;

/// <summary>The arrows between folders point one way: a room uses lower floors and Transforms, never its own floor or above.</summary>
public sealed partial class LayeringTests
{
    private static readonly Dictionary<string, int> Floors = new(StringComparer.Ordinal)
    {
        ["Configuration"] = 1, ["Telemetry"] = 1,
        ["Security"] = 2, ["Resilience"] = 2, ["Backplane"] = 2, ["Hooks"] = 2,
        ["Channels"] = 3, ["Routing"] = 3, ["Limits"] = 3,
        ["Forwarding"] = 4,
        ["Tools"] = 5,
        ["Chat"] = 6, ["LlmQuery"] = 6, ["Assistants"] = 6, ["Messaging"] = 6, ["Sessions"] = 6, ["Demo"] = 6, ["Playground"] = 6, ["Operations"] = 6,
    };

    private static readonly Dictionary<string, string[]> TransformsUses = new(StringComparer.Ordinal)
    {
        ["Contract"] = [],
        ["Framing"] = [],
        ["Dialects"] = ["Contract", "Framing"],
        ["Pipeline"] = ["Contract", "Framing", "Dialects"],
    };

    private static readonly string Root = FindRoot();

    [Fact]
    public void A_room_uses_lower_floors_only()
    {
        var wrong = new List<string>();
        foreach (var file in Sources("src/BfProxy").Where(file => file.Room.Length > 0))
        {
            Assert.True(Floors.ContainsKey(file.Room), $"{file.Path}: the room {file.Room} has no floor");
            wrong.AddRange(
                from Match use in HostNamespace().Matches(file.Text)
                let room = use.Groups[1].Value
                where room != file.Room && room != "Transforms" && Floors.TryGetValue(room, out var floor) && floor >= Floors[file.Room]
                select $"{file.Path} uses {room}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Transforms_folders_use_what_stands_before_them()
    {
        var wrong = new List<string>();
        foreach (var file in Sources("src/Transforms"))
        {
            Assert.True(TransformsUses.ContainsKey(file.Room), $"{file.Path}: no folder {file.Room} is known");
            wrong.AddRange(
                from Match use in TransformsNamespace().Matches(file.Text)
                let folder = use.Groups[1].Value
                where folder != file.Room && !TransformsUses[file.Room].Contains(folder)
                select $"{file.Path} uses {folder}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Dialect_folders_never_meet()
    {
        var wrong =
            from file in Sources("src/Transforms/Dialects")
            where file.Room.Length > 0
            from Match use in DialectNamespace().Matches(file.Text)
            where use.Groups[1].Value != file.Room && Directory.Exists(Path.Combine(Root, "src/Transforms/Dialects", use.Groups[1].Value))
            select $"{file.Path} uses {use.Groups[1].Value}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Transforms_knows_no_web()
    {
        Assert.DoesNotContain("FrameworkReference", File.ReadAllText(Path.Combine(Root, "src/Transforms/Transforms.csproj")), StringComparison.Ordinal);
        Assert.All(Sources("src/Transforms"), file => Assert.DoesNotContain("Microsoft.AspNetCore", file.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_roof_setups_and_readers_of_settings_read_raw_configuration()
    {
        var wrong = Sources("src/BfProxy")
            .Where(file => file.Room is not ("Configuration" or "") && RawConfiguration().IsMatch(file.Text))
            .Where(file => !file.Path.EndsWith("Setup.cs", StringComparison.Ordinal) && !file.Path.EndsWith("Reader.cs", StringComparison.Ordinal));
        Assert.Empty(wrong.Select(file => file.Path));
    }

    [Fact]
    public void A_namespace_follows_its_folder_and_a_file_is_named_after_its_type()
    {
        foreach (var (project, name) in new[] { ("src/BfProxy", "BfProxy"), ("src/Transforms", "BfProxy.Transforms") })
        {
            foreach (var file in Sources(project))
            {
                var folder = Path.GetDirectoryName(Path.GetRelativePath(Path.Combine(Root, project), file.Path))!;
                var expected = folder.Length == 0 ? name : $"{name}.{folder.Replace(Path.DirectorySeparatorChar, '.')}";
                Assert.Contains($"namespace {expected};", file.Text, StringComparison.Ordinal);
                Assert.Matches(@"\b(class|struct|record|interface|enum|delegate\s+\S+)\s+" + Regex.Escape(Path.GetFileName(file.Path).Split('.')[0]) + @"\b", file.Text);
                Assert.True(file.Text.Count(c => c == '\n') <= 400, $"{file.Path} has more than 400 lines");
            }
        }
    }

    private static IEnumerable<(string Path, string Room, string Text)> Sources(string folder)
    {
        var root = Path.Combine(Root, folder);
        var files = Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Select(path => (path, Room(root, path), File.ReadAllText(path)))
            .ToList();
        Assert.NotEmpty(files);
        return files;
    }

    private static string Room(string root, string path)
    {
        var parts = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar);
        return parts.Length > 1 ? parts[0] : "";
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "BfProxy.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("BfProxy.sln was not found above the tests");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^\s*(?:global )?using (?:static )?BfProxy\.([A-Z][A-Za-z]*)", RegexOptions.Multiline, 1000)]
    private static partial Regex HostNamespace();

    [GeneratedRegex(@"^\s*using (?:static )?BfProxy\.Transforms\.([A-Z][A-Za-z]*)", RegexOptions.Multiline, 1000)]
    private static partial Regex TransformsNamespace();

    [GeneratedRegex(@"^\s*using (?:static )?BfProxy\.Transforms\.Dialects\.([A-Z][A-Za-z]*)", RegexOptions.Multiline, 1000)]
    private static partial Regex DialectNamespace();

    [GeneratedRegex(@"\bIConfiguration(Section|Root)?\b", RegexOptions.None, 1000)]
    private static partial Regex RawConfiguration();
}
