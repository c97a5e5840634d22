namespace BfProxy.Playground;

/// <summary>The Typebot widget, where it was installed for tests: its licence does not let us ship it.</summary>
internal static class WidgetScript
{
    private const string Package = "node_modules/typebot-0.10.7/dist/web.js";

    private static readonly string[] Folders = ["tests/Typebot", "Typebot"];

    /// <summary>Its path; null where it is not installed, and outside of Development.</summary>
    public static string? Find(IHostEnvironment environment)
    {
        if (!environment.IsDevelopment())
        {
            return null;
        }

        for (var folder = new DirectoryInfo(environment.ContentRootPath); folder is not null; folder = folder.Parent)
        {
            if (Array.Find(Folders, name => File.Exists(Path.Combine(folder.FullName, name, Package))) is { } found)
            {
                return Path.Combine(folder.FullName, found, Package);
            }
        }

        return null;
    }
}
