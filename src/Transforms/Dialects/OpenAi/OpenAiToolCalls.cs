using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>The calls of choice 0, collected over all fragments.</summary>
internal sealed class OpenAiToolCalls
{
    private readonly List<OpenAiToolCall> _calls = [];
    private readonly OpenAiCallSlots _slots = new();
    private OpenAiToolCall? _legacy;

    public bool Any => _calls.Count > 0 || _legacy is not null;

    /// <summary>False where an answer that was cut short left a call that cannot be run.</summary>
    public bool AreWhole => _calls.TrueForAll(call => call.HasWholeArguments) && _legacy is null or { HasWholeArguments: true };

    public IReadOnlyList<ToolCall> ToCalls()
    {
        var calls = _calls.ConvertAll(call => call.ToCall());
        if (_legacy is not null)
        {
            calls.Add(_legacy.ToCall());
        }

        return calls;
    }

    /// <summary>Adds the fragments of one chunk: the raw <c>tool_calls</c> array.</summary>
    public void Merge(ReadOnlySpan<byte> fragments)
    {
        var reader = JsonTokens.Open(fragments);
        reader.Read();
        while (JsonTokens.NextElement(ref reader))
        {
            var fragment = JsonTokens.TakeValue(ref reader, fragments);
            if (fragment[0] == '{')
            {
                Add(fragment);
            }
        }
    }

    /// <summary>Adds a fragment of the one older call: the raw <c>function_call</c> object.</summary>
    public void MergeLegacy(ReadOnlySpan<byte> fragment)
    {
        _legacy ??= new OpenAiToolCall();
        _legacy.MergeFunction(fragment);
    }

    private void Add(ReadOnlySpan<byte> fragment)
    {
        var slot = _slots.SlotOf(fragment);
        if (slot == _calls.Count)
        {
            _calls.Add(new OpenAiToolCall());
        }

        _calls[slot].Merge(fragment);
    }
}
