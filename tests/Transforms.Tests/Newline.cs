namespace BfProxy.Transforms.Tests;

public enum Newline
{
    LineFeed,
    CarriageReturnLineFeed,
    CarriageReturn,
}
