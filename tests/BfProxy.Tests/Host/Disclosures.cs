using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using FakeProvider;
using Microsoft.Extensions.Configuration;

namespace BfProxy.Tests.Host;

/// <summary>
/// What the process tells others beside its answers: the words of its traces and metrics. Each host, when it is disposed, looks there, in its
/// logs and in the error bodies that it gave for the keys and prompts that it was used with, so that every test of the suite proves that none leaks.
/// </summary>
internal static class Disclosures
{
    /// <summary>Shorter keys would be found by chance.</summary>
    private const int MinKeyLength = 6;

    private static readonly string[] KeyHeaders = ["Authorization", "x-api-key", "x-goog-api-key"];
    private static readonly string[] SecretKeys = [":ApiKey", ":PortalKey", ":TokenSecret", ":Secret"];
    private static readonly string[] PromptMembers = ["content", "text", "input", "instructions", "system"];
    /// <summary>With one where it went into <see cref="SuiteOutput"/>.</summary>
    private static readonly ConcurrentDictionary<string, byte> Words = new(StringComparer.Ordinal);

    private static readonly ActivityListener Activities = new()
    {
        ShouldListenTo = static _ => true,
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        ActivityStopped = Record,
    };

    private static readonly MeterListener Meters = new() { InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument) };

    static Disclosures()
    {
        ActivitySource.AddActivityListener(Activities);
        Meters.SetMeasurementEventCallback<long>(static (_, _, tags, _) => Record(tags));
        Meters.SetMeasurementEventCallback<int>(static (_, _, tags, _) => Record(tags));
        Meters.SetMeasurementEventCallback<double>(static (_, _, tags, _) => Record(tags));
        Meters.Start();
    }

    /// <summary>Begins to listen, once in the process, and looks at what is only measured when asked.</summary>
    public static void Watch() => Meters.RecordObservableInstruments();

    /// <summary>The keys that were configured, and the keys and prompts that reached a provider.</summary>
    public static HashSet<string> SecretsOf(IConfiguration configuration, IEnumerable<SeenRequest> requests)
    {
        var secrets = configuration.AsEnumerable()
            .Where(static pair => pair.Value is { Length: >= MinKeyLength } && Array.Exists(SecretKeys, key => pair.Key.Contains(key, StringComparison.OrdinalIgnoreCase)))
            .Select(static pair => pair.Value!)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var request in requests)
        {
            secrets.UnionWith(KeyHeaders.Where(request.Headers.ContainsKey).Select(header => request.Headers[header].Split(' ')[^1]).Where(static key => key.Length >= MinKeyLength));
            AddPrompts(request, secrets);
        }

        return secrets;
    }

    /// <summary>Fails where one of them stands in these texts, or in what traces and metrics said so far.</summary>
    public static void AssertNone(IReadOnlyCollection<string> secrets, params IEnumerable<string> texts)
    {
        var found = texts.Concat(Words.Keys).FirstOrDefault(text => secrets.Any(secret => text.Contains(secret, StringComparison.Ordinal)));
        Assert.True(found is null, $"A key or a prompt was disclosed: {found}");
    }

    /// <summary>Fails where one of them stands in what any host of this run has said, or in these texts one that any host of it was used with.</summary>
    public static void AssertNoneInRun(IReadOnlyCollection<string> secrets, params IEnumerable<string> texts)
    {
        var words = Words.Keys.Where(static word => Words.TryUpdate(word, 1, 0));
        var found = SuiteOutput.OfThisRun.Add(secrets, texts.Concat(words));
        Assert.True(found is null, $"A key or a prompt was disclosed in this run of the suite: {found}");
    }

    private static void AddPrompts(SeenRequest request, HashSet<string> secrets)
    {
        try
        {
            Add(request.ReadJson(), member: "", secrets);
        }
        catch (JsonException)
        {
            // Not a call of a model.
        }
    }

    private static void Add(JsonElement value, string member, HashSet<string> secrets)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Add(property.Value, property.Name, secrets);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Add(item, member, secrets);
                }

                break;
            case JsonValueKind.String when PromptMembers.Contains(member, StringComparer.Ordinal) && value.GetString() is { } text && text.Contains(' ', StringComparison.Ordinal):
                secrets.Add(text);
                break;
        }
    }

    private static void Record(Activity activity)
    {
        Words.TryAdd(activity.DisplayName, 0);
        Words.TryAdd(activity.StatusDescription ?? "", 0);
        Record(activity.TagObjects);
        foreach (var item in activity.Events)
        {
            Words.TryAdd(item.Name, 0);
            Record(item.Tags);
        }

        foreach (var (name, value) in activity.Baggage)
        {
            Words.TryAdd($"{name} {value}", 0);
        }
    }

    private static void Record(IEnumerable<KeyValuePair<string, object?>> tags)
    {
        foreach (var (_, value) in tags)
        {
            if (value is string text)
            {
                Words.TryAdd(text, 0);
            }
        }
    }

    private static void Record(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (_, value) in tags)
        {
            if (value is string text)
            {
                Words.TryAdd(text, 0);
            }
        }
    }
}
