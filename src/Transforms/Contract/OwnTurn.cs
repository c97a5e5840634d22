using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>A turn of the model as one dialect says it, word for word.</summary>
/// <param name="Dialect">The dialect's name.</param>
/// <param name="Content">Its blocks, items or members.</param>
internal sealed record OwnTurn(string Dialect, JsonElement Content);
