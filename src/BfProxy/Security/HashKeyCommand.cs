namespace BfProxy.Security;

/// <summary><c>BfProxy hash-key</c>: turns an app's key into what stands in the configuration. Read from standard input: arguments are seen by every process of the machine, and kept in the shell's history.</summary>
internal static class HashKeyCommand
{
    public const string Name = "hash-key";

    private const int MaxKeyLength = 512;
    private const int BadUsage = 64;
    private const int BadKey = 65;

    public static async Task<int> RunAsync(string[] arguments, TextReader input, TextWriter output, TextWriter errors)
    {
        if (arguments.Length > 0)
        {
            await errors.WriteLineAsync("hash-key takes no arguments: it reads the key from standard input, one line.");
            return BadUsage;
        }

        var key = (await input.ReadLineAsync() ?? "").TrimEnd('\r');
        if (key.Length is 0 or > MaxKeyLength || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            await errors.WriteLineAsync($"hash-key: expected one line of 1 to {MaxKeyLength} visible ASCII characters on standard input.");
            return BadKey;
        }

        await output.WriteLineAsync(ApiKeyHash.Write(key));
        return 0;
    }
}
