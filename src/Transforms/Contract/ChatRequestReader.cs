using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads and validates a chat request, all but the app's key.</summary>
internal static class ChatRequestReader
{
    private const string DefaultProvider = "openai";
    private const int MaxActionName = 256;
    private const int MaxProviderName = 64;

    public static string? ActionNameOf(JsonElement root) =>
        FieldReader.TryFind(root, "actionName", out var name) && name.ValueKind is JsonValueKind.String && name.GetString() is { Length: <= MaxActionName } text
            ? text
            : null;

    public static ChatRequest? Read(JsonElement root, FaultSink faults)
    {
        var actionName = FieldReader.ReadString(root, FieldPath.Root, "actionName", faults);
        if (actionName?.Length > MaxActionName)
        {
            faults.Fail(FieldPath.Root.Member("actionName"), $"expected at most {MaxActionName} characters.");
        }

        if (!FieldReader.TryFind(root, "payload", out var payload) || payload.ValueKind is not JsonValueKind.Object)
        {
            faults.Expected(FieldPath.Payload, "an object", payload);
            return null;
        }

        var stream = FieldReader.ReadFlag(payload, FieldPath.Payload, "stream", faults) ?? false;
        var channels = ChannelNames.Read(root, stream, faults);
        return faults.First is null ? ReadPayload(root, payload, actionName, stream, channels, faults) : null;
    }

    private static ChatRequest? ReadPayload(
        JsonElement root, JsonElement payload, string? actionName, bool stream, IReadOnlyList<string> channels, FaultSink faults)
    {
        var provider = ReadProvider(root, payload, faults);
        var providerKey = FieldReader.ReadKey(payload, FieldPath.Payload, "apiKey", faults);
        var model = ModelName.Read(payload, faults);
        var messages = faults.First is null ? MessageReader.Read(payload, faults) : [];
        var tools = ToolReader.Read(payload, faults);
        var request = new ChatRequest
        {
            ActionName = actionName,
            Channels = channels,
            Provider = provider,
            ProviderKey = providerKey,
            Stream = stream,
            Model = model,
            Payload = payload,
            Messages = messages,
            Tools = tools,
            ToolChoice = ToolChoiceReader.Read(payload, faults) is { } choice && tools.Count > 0 ? choice : null,
            UsesFunctions = ToolReader.UsesFunctions(payload),
            Parameters = ParameterReader.Read(payload, faults),
            ProviderArgs = FieldReader.Read(payload, FieldPath.Payload, "providerArgs", JsonValueKind.Object, "an object", faults),
        };
        return faults.First is null ? request : null;
    }

    private static string ReadProvider(JsonElement root, JsonElement payload, FaultSink faults)
    {
        var named = FieldReader.ReadString(payload, FieldPath.Payload, "provider", faults);
        var path = FieldPath.Payload.Member("provider");
        if (named is null)
        {
            named = FieldReader.ReadString(root, FieldPath.Root, "service", faults);
            path = FieldPath.Root.Member("service");
        }

        var name = named?.Trim() ?? DefaultProvider;
        if (name.Length is 0 or > MaxProviderName)
        {
            faults.Fail(path, $"{FaultSink.Quote(name)} is not a provider.");
        }

        return name.ToLowerInvariant();
    }
}
