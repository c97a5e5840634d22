using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>A piece of a kind that only its own form knows; other providers refuse it by name.</summary>
internal sealed record OpaquePart(WireForm Form, JsonElement Source, FieldPath Path, string Kind) : ContentPart(Form, Source, Path);
