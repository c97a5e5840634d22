using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>A model's earlier thoughts; only the provider whose form it has can make use of them.</summary>
internal sealed record ThinkingPart(WireForm Form, JsonElement Source, FieldPath Path) : ContentPart(Form, Source, Path);
