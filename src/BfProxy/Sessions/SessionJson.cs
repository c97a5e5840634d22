using System.Text.Json.Serialization;

namespace BfProxy.Sessions;

[JsonSerializable(typeof(ChatSession))]
internal sealed partial class SessionJson : JsonSerializerContext;
