using System.Text.Json.Serialization;

namespace BfProxy.Playground;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlaygroundConfig))]
internal sealed partial class PlaygroundJson : JsonSerializerContext;
