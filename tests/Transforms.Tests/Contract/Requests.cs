using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Tests.Contract;

/// <summary>Makes requests of JSON text, and reads them as the host does.</summary>
internal static class Requests
{
    /// <summary>An envelope around the inside of a payload; single quotes stand for double ones.</summary>
    public static string Payload(string members) => Quoted("{'apiKey':'BFAPI_x','channels':['a'],'payload':{" + members + "}}");

    /// <summary>A payload with one plain message and whatever else.</summary>
    public static string Chat(string members) =>
        Payload("'model':'m','messages':[{'role':'user','content':'hi'}]" + (members.Length > 0 ? "," + members : string.Empty));

    /// <summary>A payload with these messages and whatever else.</summary>
    public static string Messages(string messages, string members = "") =>
        Payload("'model':'m','messages':[" + messages + "]" + (members.Length > 0 ? "," + members : string.Empty));

    public static string Quoted(string json) => json.Replace('\'', '"');

    public static BfEnvelope Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    public static BfEnvelope Parse(byte[] json) =>
        BfEnvelope.TryParse(json, out var envelope, out var fault) ? envelope : throw new InvalidOperationException(fault.Message);

    // The document behind is pooled memory that the garbage collector takes back; tests need not dispose it.
    public static ChatRequest Read(string json) =>
        Parse(json).TryReadChat(out var request, out var fault) ? request : throw new InvalidOperationException(fault.Message);

    public static RequestFault Fault(string json) => Fault(Encoding.UTF8.GetBytes(json));

    public static RequestFault Fault(byte[] json)
    {
        if (!BfEnvelope.TryParse(json, out var envelope, out var fault))
        {
            return fault;
        }

        using (envelope)
        {
            return envelope.TryReadChat(out _, out fault) ? throw new InvalidOperationException("The request was accepted.") : fault;
        }
    }

    public static void AssertJson(string expected, ReadOnlyMemory<byte> actual)
    {
        using var wanted = JsonDocument.Parse(Quoted(expected));
        using var found = JsonDocument.Parse(actual);
        Assert.True(
            JsonElement.DeepEquals(wanted.RootElement, found.RootElement),
            $"expected {Quoted(expected)}{Environment.NewLine}found    {Encoding.UTF8.GetString(actual.Span)}");
    }
}
