using System.Text.Json.Nodes;
using BfProxy.Assistants;
using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Hooks;
using BfProxy.Messaging;
using BfProxy.Routing;
using BfProxy.Security;
using BfProxy.Security.Images;
using BfProxy.Sessions;
using BfProxy.Tools;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Tests.Configuration;

/// <summary><c>config/bfproxy.schema.json</c> knows every key that is read, with a sentence on it, and none that is not.</summary>
public sealed class SchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "config", "bfproxy.schema.json")))!.AsObject();

    /// <summary>The sections of <c>BfProxy</c>; null where its keys stand in it directly.</summary>
    private static readonly Dictionary<Type, string?> Sections = new()
    {
        [typeof(ForwardingOptions)] = null,
        [typeof(PresenceOptions)] = null,
        [typeof(SecretsOptions)] = null,
        [typeof(TrustedProxyOptions)] = null,
        [typeof(ProviderOptions)] = "Providers",
        [typeof(AppOptions)] = "Apps",
        [typeof(HooksOptions)] = "Apps:Hooks",
        [typeof(BackplaneOptions)] = "Backplane",
        [typeof(BotOptions)] = "Bots",
        [typeof(ChannelsOptions)] = "Channels",
        [typeof(SurfacesOptions)] = "Surfaces",
        [typeof(ImagesOptions)] = "Images",
        [typeof(ToolsOptions)] = "Tools",
        [typeof(AssistantOptions)] = "Assistants",
        [typeof(ThreadsOptions)] = "Threads",
    };

    [Fact]
    public void Every_key_is_in_the_schema_with_a_description_and_no_other()
    {
        var known = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (type, section) in Sections)
        {
            Add(type, section is null ? "BfProxy" : $"BfProxy:{section}", known);
        }

        var described = new SortedSet<string>(StringComparer.Ordinal);
        Add(Schema["properties"]!["BfProxy"]!.AsObject(), "BfProxy", described);

        Assert.Equal(known, described);
    }

    [Fact]
    public void Every_key_directly_in_BfProxy_is_known_to_the_start() =>
        Assert.Equal(Schema["properties"]!["BfProxy"]!["properties"]!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal), RootKeys.Known);

    [Fact]
    public void Every_options_class_is_covered()
    {
        var visited = new HashSet<Type>();
        foreach (var type in Sections.Keys)
        {
            Visit(type, visited);
        }

        var all = typeof(SurfacesOptions).Assembly.GetTypes().Where(type => type.IsClass && type.Name.EndsWith("Options", StringComparison.Ordinal));
        Assert.Empty(all.Except(visited).Select(type => type.FullName));
    }

    [Fact]
    public void A_model_rule_has_the_same_keys_in_the_schema()
    {
        var described = Schema["$defs"]!["modelRule"]!["properties"]!.AsObject();

        Assert.Equal(
            typeof(ModelRule).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal),
            described.Select(property => property.Key).Order(StringComparer.Ordinal));
        Assert.All(described, property => Assert.False(string.IsNullOrWhiteSpace((string?)property.Value!["description"])));
    }

    private static void Visit(Type type, HashSet<Type> visited)
    {
        visited.Add(type);
        foreach (var property in type.GetProperties().Where(property => IsNested(property.PropertyType)))
        {
            Visit(property.PropertyType, visited);
        }
    }

    private static void Add(Type type, string path, SortedSet<string> keys)
    {
        if (path != "BfProxy")
        {
            keys.Add(path);
        }

        foreach (var property in type.GetProperties())
        {
            if (IsNested(property.PropertyType))
            {
                Add(property.PropertyType, $"{path}:{property.Name}", keys);
            }
            else
            {
                keys.Add($"{path}:{property.Name}");
            }
        }
    }

    private static void Add(JsonObject schema, string path, SortedSet<string> keys)
    {
        foreach (var (name, value) in schema["properties"]?.AsObject() ?? [])
        {
            Assert.False(string.IsNullOrWhiteSpace((string?)value!["description"]), $"{path}:{name} has no description");
            keys.Add($"{path}:{name}");
            Add(Resolve(value), $"{path}:{name}", keys);
        }

        if (schema["additionalProperties"] is JsonObject named)
        {
            // Providers and apps stand under names of their own.
            Add(Resolve(named), path, keys);
        }
    }

    private static JsonObject Resolve(JsonNode schema) =>
        (string?)schema["$ref"] is { } reference ? Schema["$defs"]![reference["#/$defs/".Length..]]!.AsObject() : schema.AsObject();

    private static bool IsNested(Type type) => type.Name.EndsWith("Options", StringComparison.Ordinal);
}
