using FakeProvider.Load;

var options = new ConfigurationBuilder().AddCommandLine(args).Build();
await LoadServer.RunAsync(
    options["urls"] ?? "http://127.0.0.1:0",
    address => Console.WriteLine($"Now listening on: {address}"),
    CancellationToken.None);
