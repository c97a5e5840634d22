using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>A piece of a kind that only its own form knows; other providers refuse it by name.</summary>
/// <param name="Form">Form of <paramref name="Source"/>.</param>
/// <param name="Source">The piece as the caller wrote it.</param>
/// <param name="Path">Where it stands.</param>
/// <param name="Kind">What its own form calls it.</param>
/// <param name="IsCall">Whether it stands among an assistant's calls, not in its content.</param>
internal sealed record OpaquePart(WireForm Form, JsonElement Source, FieldPath Path, string Kind, bool IsCall = false) : ContentPart(Form, Source, Path);
