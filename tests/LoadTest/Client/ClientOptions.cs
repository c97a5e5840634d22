using System.Globalization;
using FakeProvider.Load;

namespace LoadTest.Client;

/// <summary>
/// What one client process does: streams <c>First … First + Streams − 1</c>, or, <paramref name="Shared"/>, so many readers of
/// the first; read from <paramref name="Port"/>, asked for at <paramref name="ControlPort"/>; BfProxy is to ask <paramref name="Provider"/>.
/// </summary>
internal sealed record ClientOptions(ClientKind Kind, int Port, int ControlPort, int First, int Streams, int Tokens, int Rate, string Provider, bool Shared = false)
{
    public IEnumerable<string> ToArguments() =>
    [
        "client",
        .. Argument("kind", Kind.ToString()),
        .. Argument("port", Port),
        .. Argument("control", ControlPort),
        .. Argument("first", First),
        .. Argument("streams", Streams),
        .. Argument("tokens", Tokens),
        .. Argument("rate", Rate),
        .. Argument("provider", Provider),
        .. Argument("shared", Shared),
    ];

    public static ClientOptions Parse(string[] arguments)
    {
        var values = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        return new ClientOptions(
            Enum.Parse<ClientKind>(values["kind"]!),
            values.GetValue<int>("port"),
            values.GetValue<int>("control"),
            values.GetValue<int>("first"),
            values.GetValue<int>("streams"),
            values.GetValue<int>("tokens"),
            values.GetValue<int>("rate"),
            values["provider"]!,
            values.GetValue<bool>("shared"));
    }

    public LoadModel ModelOf(int stream) => new(Tokens, Rate, stream);

    public int StreamOf(int reader) => Shared ? First : reader;

    private static string[] Argument(string name, object value) => [$"--{name}", Convert.ToString(value, CultureInfo.InvariantCulture)!];
}
