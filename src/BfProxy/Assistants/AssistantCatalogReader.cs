using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Configuration;

namespace BfProxy.Assistants;

/// <summary>Reads <c>BfProxy:Assistants</c>.</summary>
internal static class AssistantCatalogReader
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static AssistantCatalog Read(IConfiguration configuration, Faults faults)
    {
        var assistants = new Dictionary<string, IReadOnlyList<KeyValuePair<string, string>>>(StringComparer.Ordinal);
        foreach (var section in configuration.GetSection("BfProxy:Assistants").GetChildren())
        {
            var options = SettingsBinder.Bind<AssistantOptions>(section, faults);
            var before = faults.Messages.Count;
            for (var i = 0; i < options.Tools.Count; i++)
            {
                Check($"{section.Path}:{nameof(options.Tools)}:{i}", options.Tools[i], faults);
            }

            if (faults.Messages.Count == before)
            {
                assistants[section.Key] = [.. FieldsOf(options)];
            }
        }

        return new AssistantCatalog(assistants);
    }

    private static void Check(string path, AssistantTool tool, Faults faults)
    {
        if (tool.Type is not (AssistantTool.Function or AssistantTool.FileSearch or AssistantTool.CodeInterpreter))
        {
            faults.Add($"{path}:Type", $"'{tool.Type}' is not a tool; expected function, file_search or code_interpreter");
        }

        if (tool.Type == AssistantTool.Function && string.IsNullOrEmpty(tool.Name))
        {
            faults.Add($"{path}:Name", "a function needs a name");
        }

        if (tool.Type == AssistantTool.FileSearch && tool.VectorStoreIds.Count == 0)
        {
            faults.Add($"{path}:VectorStoreIds", "file_search needs at least one vector store");
        }

        if (tool.Parameters is { } schema && !IsObject(schema))
        {
            faults.Add($"{path}:Parameters", "expected a JSON Schema, an object, as JSON text");
        }
    }

    private static bool IsObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> FieldsOf(AssistantOptions options)
    {
        if (!string.IsNullOrEmpty(options.Model))
        {
            yield return new("model", Json(writer => writer.WriteStringValue(options.Model)));
        }

        if (!string.IsNullOrEmpty(options.Instructions))
        {
            yield return new("instructions", Json(writer => writer.WriteStringValue(options.Instructions)));
        }

        if (options.Tools.Count > 0)
        {
            yield return new("tools", Json(writer => WriteTools(writer, options.Tools)));
        }
    }

    private static void WriteTools(Utf8JsonWriter writer, List<AssistantTool> tools)
    {
        writer.WriteStartArray();
        foreach (var tool in tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type", tool.Type);
            if (tool.Type == AssistantTool.Function)
            {
                WriteFunction(writer, tool);
            }
            else if (tool.Type == AssistantTool.FileSearch)
            {
                WriteIds(writer, "vector_store_ids", tool.VectorStoreIds);
            }
            else
            {
                writer.WriteStartObject("container");
                writer.WriteString("type", "auto");
                WriteIds(writer, "file_ids", tool.FileIds);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteFunction(Utf8JsonWriter writer, AssistantTool tool)
    {
        writer.WriteStartObject("function");
        writer.WriteString("name", tool.Name);
        if (!string.IsNullOrEmpty(tool.Description))
        {
            writer.WriteString("description", tool.Description);
        }

        if (tool.Parameters is { } schema)
        {
            writer.WritePropertyName("parameters");
            writer.WriteRawValue(schema);
        }

        writer.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter writer, string name, List<string> ids)
    {
        writer.WriteStartArray(name);
        foreach (var id in ids)
        {
            writer.WriteStringValue(id);
        }

        writer.WriteEndArray();
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Relaxed))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
