using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>A piece of a message. Big values stay in the request's own bytes: parts point to them.</summary>
/// <param name="Form">Form of <paramref name="Source"/>.</param>
/// <param name="Source">The piece as the caller wrote it.</param>
/// <param name="Path">Where it stands.</param>
internal abstract record ContentPart(WireForm Form, JsonElement Source, FieldPath Path);
