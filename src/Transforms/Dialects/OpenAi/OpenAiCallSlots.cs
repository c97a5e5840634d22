using System.Text;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>Tells which call a fragment belongs to: by <c>index</c>, and by <c>id</c> where a provider gives no index or the same one to all calls.</summary>
internal sealed class OpenAiCallSlots
{
    private readonly List<Slot> _slots = [];

    /// <summary>Number of the fragment's call, in order of arrival.</summary>
    public int SlotOf(ReadOnlySpan<byte> fragment)
    {
        ReadKeys(fragment, out var index, out var id);
        var at = Find(index, id);
        if (at < 0)
        {
            at = _slots.Count;
            _slots.Add(new Slot(index));
        }

        _slots[at].Id ??= id.IsEmpty ? null : StringBody.Unescape(id);
        return at;
    }

    private static void ReadKeys(ReadOnlySpan<byte> fragment, out long? index, out ReadOnlySpan<byte> id)
    {
        index = null;
        id = default;
        var reader = JsonTokens.Open(fragment);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("index"u8))
            {
                index = JsonTokens.TakeInteger(ref reader);
            }
            else if (reader.ValueSpan.SequenceEqual("id"u8))
            {
                id = JsonTokens.TakeText(ref reader);
            }
            else
            {
                JsonTokens.TakeValue(ref reader, fragment);
            }
        }
    }

    private int Find(long? index, ReadOnlySpan<byte> id)
    {
        for (var i = _slots.Count - 1; i >= 0; i--)
        {
            var slot = _slots[i];
            if (index is null && id.IsEmpty)
            {
                return i;
            }

            var sameId = id.IsEmpty || slot.Id is null || slot.HasId(id);
            if ((index is null ? slot.HasId(id) : slot.Index == index) && sameId)
            {
                return i;
            }
        }

        return -1;
    }

    private sealed class Slot(long? index)
    {
        private byte[]? _idBytes;
        private string? _id;

        public long? Index => index;

        public string? Id
        {
            get => _id;
            set
            {
                _id = value;
                _idBytes = value is null ? null : Encoding.UTF8.GetBytes(value);
            }
        }

        public bool HasId(ReadOnlySpan<byte> id) => _idBytes.AsSpan().SequenceEqual(id);
    }
}
