using System.Globalization;
using System.Text.Json;
using Checker.Provider;

namespace Checker.Clients;

/// <summary>One stream as one client sees it on one channel: every seq once, the text byte for byte, one end and nothing after it.</summary>
internal sealed class StreamView
{
    private readonly SeededText _text;
    private long _next;
    private readonly long _first;
    private bool _sawError;

    public StreamView(string actionName, long firstSeq)
    {
        var parts = actionName.Split('-');
        _text = new SeededText(int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
        _next = _first = firstSeq;
    }

    public bool HasEnded { get; private set; }

    /// <summary>Whether it ended, by error.</summary>
    public bool IsBroken => HasEnded && _sawError;

    public static string ActionName(SeededText text) => string.Create(CultureInfo.InvariantCulture, $"check-{text.Stream}-{text.Tokens}");

    /// <summary>What is wrong with an event, or null.</summary>
    public string? Take(long seqFrom, long seq, JsonElement happened)
    {
        if (HasEnded)
        {
            return "an event after the end";
        }

        if (seqFrom != _next)
        {
            return $"seq {seqFrom} where {_next} was next";
        }

        _next = seq + 1;
        return happened.GetProperty("type").GetString() switch
        {
            "delta" => TakeDelta(seqFrom, seq, happened.GetProperty("content").GetString()!),
            "error" => TakeError(),
            "end" => TakeEnd(seq, happened.GetProperty("finish_reason").GetString()),
            var type => $"an event of type {type}",
        };
    }

    private string? TakeDelta(long seqFrom, long seq, string content)
    {
        if (seq > _text.Tokens)
        {
            return "more tokens than the provider sent";
        }

        return string.Equals(content, _text.Join((int)seqFrom - 1, (int)seq - 1), StringComparison.Ordinal) ? null : $"text '{content}' at seq {seqFrom}";
    }

    private string? TakeError()
    {
        _sawError = true;
        return null;
    }

    private string? TakeEnd(long seq, string? reason)
    {
        HasEnded = true;
        return reason switch
        {
            "stop" => seq == _text.Tokens + 1 ? null : $"a good end at seq {seq} of {_text.Tokens} tokens",
            // One who joined between the two sees the end alone.
            "error" => _sawError || seq == _first ? null : "an end by error without an error",
            _ => $"an end with {reason}",
        };
    }
}
