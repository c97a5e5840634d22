using System.Text.Json;
using System.Text.Json.Serialization;

namespace BfProxy.Transforms.Dialects;

[JsonSourceGenerationOptions(ReadCommentHandling = JsonCommentHandling.Skip, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Dictionary<string, ModelRule[]>))]
internal sealed partial class ModelRulesContext : JsonSerializerContext;
