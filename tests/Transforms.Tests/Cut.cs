namespace BfProxy.Transforms.Tests;

public enum Cut
{
    Whole,
    OnceAtEachPosition,
    ByteByByte,
}
