using System.Text;

namespace BfProxy.Transforms.Contract;

/// <summary>Where a field stands in the request. A chain of nodes: text is made only when a fault is reported.</summary>
internal sealed class FieldPath
{
    public static readonly FieldPath Root = new(parent: null, name: null, index: -1);
    public static readonly FieldPath Payload = Root.Member("payload");

    private readonly FieldPath? _parent;
    private readonly string? _name;
    private readonly int _index;

    private FieldPath(FieldPath? parent, string? name, int index)
    {
        _parent = parent;
        _name = name;
        _index = index;
    }

    public FieldPath Member(string name) => new(this, name, -1);

    public FieldPath Item(int index) => new(this, name: null, index);

    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }

    // As deep as the reader's own knowledge of the request, never as deep as the request.
    private void AppendTo(StringBuilder text)
    {
        _parent?.AppendTo(text);
        if (_name is not null)
        {
            _ = (text.Length > 0 ? text.Append('.') : text).Append(_name);
        }
        else if (_index >= 0)
        {
            text.Append('[').Append(_index).Append(']');
        }
    }
}
